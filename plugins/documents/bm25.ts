import type { Sentence } from "@orrery/sdk";
import { type Concept, terms } from "./terms.ts";

const k1 = 1.2;
const b = 0.75;
/** What a term counts in the sentence itself, in the headings above it, and in its neighbours. */
const weight = { text: 1, headings: 0.6, near: 0.25 };

/** How much of a score depends on the share of the question's ideas that are there at all. */
const coordination = 0.4;
/** A heading of hundreds of words is not one. */
const mostHeadingTerms = 16;

/** An inverted index over sentences: BM25 (Robertson & Zaragoza 2009, eq. 3.15) on field-weighted term frequencies. */
export interface Index {
  /** Sentences with any of the ideas, best first; ties by position. */
  search(query: readonly Concept[], limit: number, accept?: (at: number) => boolean): { at: number; score: number }[];
  /** Inverse document frequency of a stem; that of a term seen once where the stem is unknown. */
  idf(term: string): number;
}

export function buildIndex(sentences: readonly Sentence[]): Index {
  const postings = new Map<string, { at: number[]; tf: number[] }>();
  const own = sentences.map((sentence) => terms(sentence.text));
  const headingTerms = new Map<string, string[]>();
  const lengths = own.map((list) => list.length);
  const mean = Math.max(1, lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length));

  sentences.forEach((sentence, at) => {
    const tf = new Map<string, number>();
    const add = (list: readonly string[] | undefined, by: number) => {
      for (const term of list ?? []) tf.set(term, (tf.get(term) ?? 0) + by);
    };
    add(own[at], weight.text);
    const key = `${sentence.path}\n${sentence.headings.join("\n")}`;
    let above = headingTerms.get(key);
    if (!above) {
      above = [...new Set(terms(`${sentence.path.replace(/\.[a-z0-9]+$/i, "")} ${sentence.headings.slice(-2).join(" ")}`))].slice(0, mostHeadingTerms);
      headingTerms.set(key, above);
    }
    add(above, weight.headings);
    for (const near of [at - 1, at + 1]) if (sentences[near]?.path === sentence.path) add(own[near], weight.near);
    for (const [term, count] of tf) {
      let list = postings.get(term);
      if (!list) {
        list = { at: [], tf: [] };
        postings.set(term, list);
      }
      list.at.push(at);
      list.tf.push(count);
    }
  });

  const total = sentences.length;
  const rareness = (df: number) => Math.log(1 + (total - df + 0.5) / (df + 0.5));
  return {
    idf: (term) => rareness(postings.get(term)?.at.length ?? 1),
    search(query, limit, accept) {
      const scores = new Map<number, number>();
      const covered = new Map<number, number>();
      const whole = Math.max(
        1e-9,
        query.reduce((sum, concept) => sum + concept.weight, 0),
      );
      for (const concept of query) {
        const tf = new Map<number, number>();
        for (const [term, by] of concept.terms) {
          const list = postings.get(term);
          list?.at.forEach((at, i) => tf.set(at, (tf.get(at) ?? 0) + by * (list.tf[i] ?? 0)));
        }
        const rarity = rareness(tf.size) * concept.weight;
        for (const [at, count] of tf) {
          const norm = k1 * (1 - b + (b * (lengths[at] ?? 0)) / mean);
          covered.set(at, (covered.get(at) ?? 0) + concept.weight * Math.min(1, count));
          scores.set(at, (scores.get(at) ?? 0) + (rarity * count * (k1 + 1)) / (count + norm));
        }
      }
      return [...scores]
        .filter(([at]) => accept?.(at) ?? true)
        .map(([at, score]) => ({ at, score: score * (1 - coordination + (coordination * (covered.get(at) ?? 0)) / whole) }))
        .sort((x, y) => y.score - x.score || x.at - y.at)
        .slice(0, limit);
    },
  };
}
