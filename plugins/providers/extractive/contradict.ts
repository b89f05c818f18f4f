import { type Slot, slots } from "./slots.ts";
import { contentWords, jaccard, meaningOf, shared } from "./words.ts";

/** Two sentences that cannot both hold, and the values they differ in. */
export interface Disagreement {
  readonly kind: "number" | "date" | "negation" | "name";
  /** What the first says, what the second says: "14 March" / "2 April". */
  readonly values: readonly [string, string];
}

/** A sentence taken apart once, for many comparisons. */
export interface Facts {
  readonly stems: ReadonlySet<string>;
  /** Those and the heading's: what it is about. */
  readonly topic: ReadonlySet<string>;
  readonly slots: readonly Slot[];
  readonly names: ReadonlySet<string>;
  readonly code: ReadonlySet<string>;
  readonly negated: boolean;
  /** Speaks of what used to be, of examples or of conditions: no ground for a contradiction. */
  readonly tentative: boolean;
  readonly text: string;
}

const negation = /\b(?:not|never|no|none|cannot|nor|neither|without)\b|n['’]t\b/i;
const tentative =
  /\b(?:previously|originally|formerly|earlier|used to|no longer|instead of|rather than|up from|down from|compared (?:with|to)|for example|for instance|e\.g|such as|if|unless|when|whether|could|might|or|example|moved from|changed from|before version|deprecated|assum\w+|scenario)\b/i;

const mostContext = 8;

/** `context` (the heading above) helps two sentences to be about one thing, never to differ. */
export function facts(text: string, context = ""): Facts {
  const plain = text.replace(/\]\([^)]*\)/g, "]");
  const own = contentWords(plain)
    .map((word) => meaningOf(word.stem))
    .filter((stem) => !/^\d/.test(stem));
  const above = contentWords(context)
    .slice(0, mostContext)
    .map((word) => meaningOf(word.stem))
    .filter((stem) => !/^\d/.test(stem));
  return {
    text,
    stems: new Set(own),
    topic: new Set([...own, ...above]),
    slots: slots(text),
    names: namesIn(plain),
    code: new Set(
      [...(text.match(/`[^`]+`/g) ?? []), ...(plain.match(/\b\p{Ll}+\p{Lu}\w*|\b[A-Z]+(?:_[A-Z]+)+\b/gu) ?? [])].map((name) =>
        name.replace(/[`()]/g, "").replace(/^.*\./, ""),
      ),
    ),
    negated: negation.test(plain),
    tentative: tentative.test(plain),
  };
}

/** Capitalised words that do not merely open the sentence, months and weekdays aside. */
function namesIn(text: string): Set<string> {
  const out = new Set<string>();
  for (const match of text.replace(/`[^`]*`/g, " ").matchAll(/(?<!^)(?<![.!?:|;*_>]\s*)\b\p{Lu}[\p{L}\p{N}]*(?:[ -]\p{Lu}[\p{L}\p{N}]*)*/gu))
    if (!/^(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun|Q\d|I$|USD|EUR|GBP)/.test(match[0])) out.add(match[0].toLowerCase());
  return out;
}

/**
 * Do two sentences contradict each other? Built for precision: they must speak of the same thing (weighted overlap of their words,
 * no code name or version that only one of them is about) and differ in one aligned value. `weight` is a stem's rarity.
 */
export function disagreement(a: Facts, b: Facts, weight: (stem: string) => number): Disagreement | undefined {
  if (a.tentative || b.tentative || differentSubject(a, b)) return undefined;
  const alike = shared(a.topic, b.topic, weight);
  const common = [...a.topic].filter((stem) => b.topic.has(stem)).length;
  if (common < 2 || alike < 0.35) return undefined;
  return valueDiffers(a, b, weight) ?? polarityDiffers(a, b, weight) ?? nameDiffers(a, b, weight);
}

/** Each names something the other does not: another function, another version, another product. */
function differentSubject(a: Facts, b: Facts): boolean {
  const apart = (x: ReadonlySet<string>, y: ReadonlySet<string>) => [...x].some((item) => !y.has(item)) && [...y].some((item) => !x.has(item));
  const onlyOne = (x: ReadonlySet<string>, y: ReadonlySet<string>) => x.size > 0 && y.size > 0 && ![...x].some((item) => y.has(item));
  const labels = (facts: Facts) => new Set(facts.slots.filter((slot) => slot.unit === "name").map((slot) => slot.value));
  return onlyOne(a.code, b.code) || apart(a.code, b.code) || apart(labels(a), labels(b));
}

function valueDiffers(a: Facts, b: Facts, weight: (stem: string) => number): Disagreement | undefined {
  if (a.names.size > 0 && b.names.size > 0 && ![...a.names].some((name) => b.names.has(name) || b.text.toLowerCase().includes(name))) return undefined;
  for (const mine of a.slots) {
    if (mine.unit === "name") continue;
    const theirs = b.slots.filter((slot) => slot.kind === mine.kind && slot.unit === mine.unit);
    if (theirs.length === 0 || theirs.some((slot) => slot.value === mine.value)) continue;
    // A value the other sentence also gives elsewhere is about something else here.
    const rest = theirs.filter((slot) => !a.slots.some((own) => own.unit === slot.unit && own.value === slot.value));
    for (const other of rest) {
      const near = [...mine.near].filter((stem) => other.near.has(stem) && stem !== mine.unit);
      const strength = near.reduce((sum, stem) => sum + weight(stem), 0);
      if (near.length >= 2 && strength >= 6 && shared(mine.near, other.near, weight) >= 0.4) return { kind: mine.kind, values: [mine.raw, other.raw] };
    }
  }
  return undefined;
}

const opposites: readonly (readonly [RegExp, RegExp])[] = [
  [/\benabled\b/i, /\bdisabled\b/i],
  [/\b(?:allowed|permitted)\b/i, /\b(?:forbidden|prohibited|disallowed)\b/i],
  [/\brequired\b|\bmandatory\b/i, /\boptional\b/i],
  [/\bincreas\w+|\bros?e\b|\bgrew\b/i, /\bdecreas\w+|\bfell\b|\bshrank\b|\bdropped\b/i],
  [/\bapproved\b|\baccepted\b/i, /\brejected\b|\bdeclined\b/i],
  [/\bbefore\b/i, /\bafter\b/i],
  [/\bincluded\b/i, /\bexcluded\b/i],
  [/\bpassed\b/i, /\bfailed\b/i],
];

function polarityDiffers(a: Facts, b: Facts, weight: (stem: string) => number): Disagreement | undefined {
  const alike = jaccard(a.stems, b.stems, weight);
  const sameCode = a.code.size === b.code.size && [...a.code].every((name) => b.code.has(name));
  if (a.negated !== b.negated && sameCode && alike >= 0.72 && a.stems.size >= 4 && b.stems.size >= 4)
    return { kind: "negation", values: a.negated ? ["not so", "so"] : ["so", "not so"] };
  if (a.negated || b.negated || alike < 0.55) return undefined;
  for (const [one, other] of opposites)
    for (const [x, y, flip] of [
      [a, b, false],
      [b, a, true],
    ] as const) {
      const left = one.exec(x.text)?.[0];
      const right = other.exec(y.text)?.[0];
      if (left && right && !other.test(x.text) && !one.test(y.text)) return { kind: "negation", values: flip ? [right, left] : [left, right] };
    }
  return undefined;
}

const role =
  /\b(?:led|owned|run|managed|written|built|supplied|made|approved|chaired|headed|maintained|delivered|designed|provided|reviewed) by(?: the)? |\b(?:owner|lead|manager|chair|head|supplier|vendor|author|director|contact|sponsor|maintainer|architect|engineer) (?:is|was|will be)(?: the)? |\b(?:owner|lead|manager|supplier|vendor|author|contact|sponsor): /i;

function nameDiffers(a: Facts, b: Facts, weight: (stem: string) => number): Disagreement | undefined {
  const named = (facts: Facts) => {
    const match = role.exec(facts.text);
    const name = match && /^\p{Lu}[\p{L}\p{N}]*(?: \p{Lu}[\p{L}\p{N}]*)*/u.exec(facts.text.slice(match.index + match[0].length))?.[0];
    return match && name ? { role: match[0].toLowerCase().trim(), name } : undefined;
  };
  const mine = named(a);
  const theirs = named(b);
  if (!mine || !theirs || mine.role !== theirs.role) return undefined;
  const [x, y] = [mine.name.toLowerCase(), theirs.name.toLowerCase()];
  const without = (facts: Facts, name: string) => new Set([...facts.stems].filter((stem) => !name.split(" ").includes(stem)));
  if (x.includes(y) || y.includes(x) || jaccard(without(a, x), without(b, y), weight) < 0.45) return undefined;
  return { kind: "name", values: [mine.name, theirs.name] };
}
