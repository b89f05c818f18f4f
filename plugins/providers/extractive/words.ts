import { stemmer } from "stemmer";

const empty = new Set(
  "a about above after again all also am an and any are as at be because been before being below between both but by can could did do does doing during each for from further had has have having he her here him his how if in into is it its itself just may me might more most much must my no nor not of off on once only or other our out over own per same shall she should so some such than that the their them then there these they this those through thus to too under until up upon us was we were what when where whether which while who whom whose why will with within without would you your".split(
    " ",
  ),
);

/** A word as it stands, its stem, and where it is. */
export interface Word {
  readonly text: string;
  readonly stem: string;
  readonly at: number;
}

/** Words that carry meaning, in order; numbers are among them. Inline links count by their text. */
export function contentWords(text: string): Word[] {
  const out: Word[] = [];
  const plain = text.replace(/\]\([^)\s]*\)/g, (target) => "]".padEnd(target.length));
  for (const match of plain.matchAll(/[\p{L}\p{N}]+(?:[.,:]\p{N}+)*/gu)) {
    const lower = match[0].toLowerCase();
    if (empty.has(lower) || (lower.length === 1 && !/[\p{N}\p{Lo}]/u.test(lower))) continue;
    out.push({ text: match[0], stem: stemOf(lower), at: match.index });
  }
  return out;
}

/** Porter's stem; "v5" is "5". */
export const stemOf = (lower: string): string => (/^[a-z]+$/.test(lower) ? stemmer(lower) : lower.replace(/^v(?=\d)/, ""));
/** Words that two documents may use for one thing where they state a fact about it. */
const same = [
  "launch release live begin start open",
  "date schedule plan due deadline",
  "cost price budget fee total",
  "staff employee people team member headcount",
  "finish end complete deliver",
  "maximum limit most cap",
  "run sail operate",
  "store keep kept retain retention",
].map((group) => group.split(" ").map((word) => stemmer(word)));
const canonical = new Map(same.flatMap((group) => group.map((stem): [string, string] => [stem, group[0] as string])));
/** The stem that stands for all of its meaning. */
export const meaningOf = (stem: string): string => canonical.get(stem) ?? stem;

export const stems = (text: string): Set<string> => new Set(contentWords(text).map((word) => word.stem));

/** How much of the lesser of two sets the other one holds, each stem counting by its weight. 0 where either is empty. */
export function shared(a: ReadonlySet<string>, b: ReadonlySet<string>, weight: (stem: string) => number = () => 1): number {
  let both = 0;
  let left = 0;
  let right = 0;
  for (const stem of a) {
    left += weight(stem);
    if (b.has(stem)) both += weight(stem);
  }
  for (const stem of b) right += weight(stem);
  const least = Math.min(left, right);
  return least > 0 ? both / least : 0;
}

/** Shared weight over all weight: 1 for equal sets. */
export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>, weight: (stem: string) => number = () => 1): number {
  let both = 0;
  let all = 0;
  for (const stem of a) {
    all += weight(stem);
    if (b.has(stem)) both += weight(stem);
  }
  for (const stem of b) if (!a.has(stem)) all += weight(stem);
  return all > 0 ? both / all : 0;
}

/** Words and punctuation marks: what this engine reports as tokens, having no tokenizer. */
export const countTokens = (text: string): number => text.match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu)?.length ?? 0;
