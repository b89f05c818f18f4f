import type { Documents, Passage, Recalled, Sentence } from "@orrery/sdk";
import type { Corpus } from "./corpus.ts";
import { cueFor } from "./cues.ts";
import { type Aspect, aspects } from "./question.ts";
import { leans, standsAlone } from "./quality.ts";
import type { Claim, Findings, Place } from "./shapes.ts";
import { contentWords, shared, stems } from "./words.ts";

/** What one search takes from the index. */
const searched = 48;
const statements: Sentence["kind"][] = ["prose", "list", "table", "data"];
/** Stems of question words that say nothing about the subject. */
const weak = new Set(["work", "system", "thing", "wai", "kind", "type", "part", "main", "chang", "happen", "make", "get", "know", "should"]);
/** Sentences below this share of the best one's score are left out; of the best five, those below a lower one. */
const floor = 0.58;
const lowest = 0.45;
const fewest = 5;
/** Sentences searched for contradictions have at least this share of the best one's score. */
const onTopic = 0.45;
const repeatCost = 0.45;
const sameFileCost = 0.025;
/** What a passage found for the first part of a question is worth for a later part. */
const borrowed = 0.9;
/** How much a sentence loses when neither it nor its headings use the question's own words. */
const offTopic = 0.3;
/** What being remembered from a related task adds: the sentence itself, and its section. */
const memoryBoost = { sentence: 0.12, section: 0.04 };

export interface ResearchInput {
  readonly documents: Documents;
  readonly collection: string;
  readonly corpus: Corpus;
  /** What is asked; split into aspects here. */
  readonly question: string;
  /** The task before it in the thread, for what "its" refers to. */
  readonly earlier?: string;
  readonly recalled: readonly Recalled[];
  readonly signal?: AbortSignal;
}

/** The sentences that best answer each aspect of the question: relevant, able to stand alone, and not saying the same twice. */
export async function research(input: ResearchInput): Promise<Findings> {
  const asked = aspects(input.question, input.earlier);
  const remembered = rememberedPlaces(input.recalled, input.corpus);
  const taken: Claim[] = [];
  const pool = new Map<string, Place>();
  const perAspect = asked.length === 1 ? 10 : Math.max(4, Math.min(9, Math.ceil(20 / asked.length)));
  let first: readonly Passage[] = [];
  const find = async (query: string) => {
    const found = await input.documents.search(input.collection, query, {
      limit: searched,
      kinds: statements,
      ...(input.signal ? { signal: input.signal } : {}),
    });
    input.signal?.throwIfAborted();
    return found;
  };
  for (const [i, aspect] of asked.entries()) {
    const found = await find(aspect.query);
    if (i === 0) first = aspect.context ? await find(aspect.context) : found;
    const candidates = withRemembered(alsoFrom(first, found, aspect), aspect, remembered, input.corpus);
    for (const passage of candidates.slice(0, 30))
      if (standsAlone(passage) > 0 && passage.score >= onTopic * (candidates[0]?.score ?? 0))
        pool.set(`${passage.path}#${passage.n}`, { text: passage.text, path: passage.path, n: passage.n });
    taken.push(...pick(candidates, aspect, i, perAspect, taken, remembered, input.corpus));
  }
  for (const claim of taken) pool.delete(`${claim.path}#${claim.n}`);
  return {
    kind: "research",
    aspects: asked,
    claims: taken,
    pool: [...pool.values()],
    checks: [],
    contradictions: [],
    missing: missingWords(asked, input.corpus),
    usedMemory: memoryUsed(input.recalled, taken),
  };
}

/** "…and what are its limits" also asks for the limits of what was asked first: its passages that sound like such an answer come along, a little behind. */
function alsoFrom(first: readonly Passage[], found: readonly Passage[], aspect: Aspect): Passage[] {
  const cue = cueFor(aspect.query);
  const have = new Set(found.map((passage) => `${passage.path}#${passage.n}`));
  const more = first.filter((passage) => cue(passage.text) > 1 && !have.has(`${passage.path}#${passage.n}`));
  return [...found, ...more.map((passage) => ({ ...passage, score: passage.score * borrowed }))];
}

interface Remembered {
  readonly sentences: ReadonlyMap<string, Sentence>;
  readonly sections: ReadonlySet<string>;
}
const sectionOf = (sentence: { path: string; headings: readonly string[] }): string => `${sentence.path}\n${sentence.headings.join("\n")}`;

/** Claims of earlier tasks that these documents still make, word for word. */
function rememberedPlaces(recalled: readonly Recalled[], corpus: Corpus): Remembered {
  const sentences = new Map<string, Sentence>();
  for (const episode of recalled)
    for (const { path, n, text } of episode.claims) {
      const sentence = corpus.at(path, n);
      if (sentence?.text === text) sentences.set(`${path}#${n}`, sentence);
    }
  return { sentences, sections: new Set([...sentences.values()].map(sectionOf)) };
}

/** Adds remembered sentences that speak of the aspect and that the search did not bring. */
function withRemembered(found: readonly Passage[], aspect: Aspect, remembered: Remembered, corpus: Corpus): Passage[] {
  const asked = stems(aspect.query);
  const have = new Set(found.map((passage) => `${passage.path}#${passage.n}`));
  const middle = (found[0]?.score ?? 0.5) * 0.6;
  const extra = [...remembered.sentences]
    .filter(([key, sentence]) => !have.has(key) && shared(asked, stems(`${sentence.headings.join(" ")} ${sentence.text}`), corpus.weight) >= 0.2)
    .map(([, sentence]): Passage => ({ ...sentence, score: middle }));
  return [...found, ...extra];
}

function pick(
  candidates: readonly Passage[],
  { query }: Aspect,
  aspect: number,
  limit: number,
  before: readonly Claim[],
  remembered: Remembered,
  corpus: Corpus,
): Claim[] {
  const cue = cueFor(query);
  const asked = new Set([...stems(query)].filter((stem) => !weak.has(stem)));
  const scored = candidates
    .map((passage) => {
      const memory = remembered.sentences.has(`${passage.path}#${passage.n}`)
        ? memoryBoost.sentence
        : remembered.sections.has(sectionOf(passage))
          ? memoryBoost.section
          : 0;
      const bag = stems(passage.text);
      const topical = covered(asked, new Set([...bag, ...stems(passage.headings.slice(-2).join(" "))]), corpus);
      return {
        passage,
        bag,
        score: (passage.score + memory) * cue(passage.text) * standsAlone(passage) * (1 - offTopic + offTopic * Math.min(1, topical / 0.6)),
      };
    })
    .filter(({ score, passage }) => score > 0 && !before.some((claim) => claim.path === passage.path && claim.n === passage.n));
  const top = Math.max(0, ...scored.map(({ score }) => score));
  const byScore = [...scored].sort((a, b) => b.score - a.score);
  const left = byScore.filter(({ score }, i) => score >= (i < fewest ? lowest : floor) * top);
  const chosen: typeof scored = [];
  const earlier = before.map((claim) => ({ path: claim.path, bag: stems(claim.text) }));
  while (chosen.length < limit && left.length > 0) {
    let best = -1;
    let bestValue = Number.NEGATIVE_INFINITY;
    left.forEach((item, i) => {
      const others = [...earlier, ...chosen.map((other) => ({ path: other.passage.path, bag: other.bag }))];
      const repeats = Math.max(0, ...others.map((other) => shared(item.bag, other.bag)));
      const files = chosen.filter((other) => other.passage.path === item.passage.path).length;
      const value = repeats > 0.85 ? -1 : Math.round((item.score - repeatCost * Math.max(0, repeats - 0.25) - sameFileCost * files) * 1e6);
      if (value > bestValue) {
        best = i;
        bestValue = value;
      }
    });
    const [item] = left.splice(best, 1);
    if (!item || bestValue < 0) break;
    chosen.push(item);
  }
  return withAntecedents(
    chosen.map(({ passage, score }) => claimOf(passage, score, aspect)),
    before,
    corpus,
  );
}

const claimOf = (sentence: Sentence, score: number, aspect: number): Claim => ({
  text: sentence.text,
  path: sentence.path,
  n: sentence.n,
  score: Math.round(Math.min(1, score) * 1e4) / 1e4,
  heading: sentence.headings.at(-1) ?? "",
  aspect,
});

/** A sentence that begins with "This…" or "If not…" brings the one before it along; where that one cannot stand either, both stay out. */
function withAntecedents(claims: readonly Claim[], before: readonly Claim[], corpus: Corpus): Claim[] {
  const out = new Map(claims.map((claim) => [`${claim.path}#${claim.n}`, claim]));
  const had = new Set(before.map((claim) => `${claim.path}#${claim.n}`));
  for (const claim of claims) {
    const previous = `${claim.path}#${claim.n - 1}`;
    if (!leans(claim.text) || out.has(previous) || had.has(previous)) continue;
    const sentence = corpus.at(claim.path, claim.n - 1);
    if (sentence && (sentence.headings.at(-1) ?? "") === claim.heading && standsAlone(sentence) >= 0.7 && !leans(sentence.text))
      out.set(previous, claimOf(sentence, claim.score * 0.95, claim.aspect));
    else out.delete(`${claim.path}#${claim.n}`);
  }
  return [...out.values()];
}

/** Weighted share of what is asked that is there. */
function covered(asked: ReadonlySet<string>, there: ReadonlySet<string>, corpus: Corpus): number {
  let all = 0;
  let found = 0;
  for (const stem of asked) {
    all += corpus.weight(stem);
    if (there.has(stem)) found += corpus.weight(stem);
  }
  return all > 0 ? found / all : 0;
}

function missingWords(asked: readonly Aspect[], corpus: Corpus): string[] {
  const out = new Map<string, string>();
  for (const { query } of asked) for (const word of contentWords(query)) if (word.text.length > 3 && !corpus.knows(word.stem)) out.set(word.stem, word.text);
  return [...out.values()];
}

/** An episode was used when one of its claims, still made by these documents word for word, is in the answer. */
function memoryUsed(recalled: readonly Recalled[], claims: readonly Claim[]): string[] {
  const made = new Set(claims.map((claim) => `${claim.path}#${claim.n} ${claim.text}`));
  return recalled.filter((episode) => episode.claims.some((old) => made.has(`${old.path}#${old.n} ${old.text}`))).map(({ id }) => id);
}
