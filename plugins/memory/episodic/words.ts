import { stemmer } from "stemmer";

const common = new Set(
  "a about after all also an and any are as at be because been before but by can could did do does for from had has have he her his how i if in into is it its just may me more most my no not of on one or our out over she should so some such than that the their them then there these they this those through to too under up us was we were what when where which while who whose why will with would you your tell give show explain describe please".split(
    " ",
  ),
);
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

const words = (text: string): string[] =>
  Array.from(
    text
      .normalize("NFKC")
      .toLowerCase()
      .matchAll(/[\p{L}\p{N}]+/gu),
    ([word]) => word,
  );

/**
 * What of a request is worth encoding: its content words in order, since encoders find two requests alike that merely begin alike.
 * Undefined unless a fifth of its words are common English ones: the embedded encoder knows English only and takes any two texts of another language for the same.
 */
export function encodable(text: string): string | undefined {
  const all = words(text);
  const content = all.filter((word) => !common.has(word));
  return content.length > 0 && all.length - content.length >= all.length / 5 ? content.join(" ") : undefined;
}

/** The content words of a text as a set of stems; scripts written without spaces come as pairs of letters. */
export function stems(text: string): Set<string> {
  const found = new Set<string>();
  for (const word of words(text)) {
    if (unspaced.test(word)) {
      const letters = [...word];
      for (let i = 0; i + 1 < letters.length; i++) found.add(`${letters[i]}${letters[i + 1]}`);
      if (letters.length === 1) found.add(word);
    } else if (!common.has(word)) found.add(stemmer(word));
  }
  return found;
}

/**
 * How much of the query's content words an episode shares, 0–1, rare words counting more:
 * Σ w(shared) / Σ w(query), w(t) = 1 + ln((N + 1) / (df(t) + 1)) over the N episodes compared.
 * A single shared word among several is no relevance: 0.
 */
export function overlap(query: ReadonlySet<string>, episode: ReadonlySet<string>, all: readonly ReadonlySet<string>[]): number {
  let shared = 0;
  let sum = 0;
  let whole = 0;
  for (const word of query) {
    const frequency = all.reduce((count, words) => count + (words.has(word) ? 1 : 0), 0);
    const weight = 1 + Math.log((all.length + 1) / (frequency + 1));
    whole += weight;
    if (!episode.has(word)) continue;
    sum += weight;
    shared += 1;
  }
  return shared === 0 || (shared === 1 && query.size > 1) ? 0 : sum / whole;
}
