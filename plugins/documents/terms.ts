import { stemmer } from "stemmer";

const stopWords = new Set(
  (
    "a about above after again against all also am an and any are as at be because been before being below between both but by can cannot could did do does doing don done down during each either else ever every few for from further get gets got had has have having he her here hers him his how however i if in into is it its itself just let like lot made make makes may me might more most much must my neither no nor not of off on once one only or other our ours out over own per rather same say shall she should since so some such than that the their theirs them then there these they this those through thus to too under until up upon us use used uses using very via was we well were what whatever when where whether which while who whom whose why will with within without would yes yet you your yours " +
    "tell explain describe please give show list find know want need write report summarise summarize summary question answer document documents according"
  ).split(" "),
);

/** Stems of the words that carry meaning, in order. `camelCase` and `snake_case` give their parts and the whole. */
export function terms(text: string): string[] {
  const out: string[] = [];
  for (const match of text.matchAll(/[\p{L}\p{N}]+(?:['’]\p{L}+)?/gu)) {
    const word = match[0].replace(/['’].*$/, "");
    const parts = word.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{N}+|[^\p{Lu}\p{Ll}\p{N}]+/gu) ?? [];
    if (parts.length > 1) for (const part of parts) add(out, part.toLowerCase());
    add(out, word.toLowerCase());
  }
  return out;
}

function add(out: string[], word: string): void {
  if (stopWords.has(word) || (word.length < 2 && !/\p{N}|\p{Lo}/u.test(word))) return;
  out.push(/^[a-z]+$/.test(word) ? stemmer(word) : word);
}

/** English words that documents and questions use for one thing. General on purpose: no group belongs to one subject. */
const groups = [
  "error exception failure fault crash",
  "isolate isolation encapsulate encapsulation sandbox separate scope boundary contain",
  "limit limitation maximum restriction cap bound threshold quota constraint timeout",
  "cost price fee expense spend budget",
  "begin start launch",
  "end finish stop terminate close",
  "deadline due date",
  "buy purchase acquire",
  "fast quick speed performance latency",
  "slow delay lag",
  "big large size",
  "fix repair resolve",
  "remove delete drop",
  "change modify update alter",
  "make create build generate",
  "choose select pick decide decision",
  "reason cause because rationale",
  "risk danger hazard threat worry concern",
  "benefit advantage gain",
  "drawback disadvantage downside weakness",
  "allow permit enable",
  "forbid deny refuse block prohibit",
  "require need must mandatory",
  "check verify validate validation",
  "show display render",
  "person people user customer",
  "staff employee worker",
  "secure security safe safety",
  "test trial experiment",
  "plugin extension addon module",
  "setting option configuration parameter",
  "function method procedure",
  "handle handler catch",
  "load register install",
  "save store persist keep",
  "send transmit deliver",
  "receive accept get",
  "request call query",
  "respond response reply",
  "wait pause hold",
  "connect connection link",
  "share common shared",
  "result outcome finding",
  "increase grow rise",
  "decrease reduce fall",
  "power energy electricity",
  "weight mass heavy",
  "hire recruit",
  "meeting session",
  "problem issue bug",
].map((group) => group.split(" ").map((word) => stemmer(word)));

/** Words that say little about what is asked: "the plugin system", "the main reasons". */
const weak = new Set(
  "know learn system thing way kind type part approach aspect detail information main key important work process area project overall current exact general"
    .split(" ")
    .map((word) => stemmer(word)),
);

/** One idea of a question: its word at weight 1, other words of the same meaning at 0.7. They share one rarity, so that an odd synonym never outweighs the rest. */
export interface Concept {
  readonly terms: ReadonlyMap<string, number>;
  /** 1; 0.4 for a word that says little. */
  readonly weight: number;
}

/** A question's ideas, in the order they are first said. Two of its words that mean the same are one idea. */
export function concepts(question: string): Concept[] {
  const out: { terms: Map<string, number>; weight: number }[] = [];
  for (const term of new Set(terms(question))) {
    const same = groups.filter((group) => group.includes(term));
    const known = out.find((concept) => same.length > 0 && concept.terms.has(term));
    if (known) {
      known.terms.set(term, 1);
      continue;
    }
    const concept = new Map([[term, 1]]);
    for (const group of same) for (const other of group) if (!concept.has(other)) concept.set(other, 0.7);
    out.push({ terms: concept, weight: weak.has(term) ? 0.4 : 1 });
  }
  return out;
}
