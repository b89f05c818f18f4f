import type { Documents, Sentence } from "@orrery/sdk";
import { stems } from "./words.ts";

/** Every sentence of a collection with an index of stems: what checking compares claims with. */
export interface Corpus {
  readonly sentences: readonly Sentence[];
  at(path: string, n: number): Sentence | undefined;
  knows(stem: string): boolean;
  /** A stem's rarity, in nats. */
  weight(stem: string): number;
  /** Sentences that share the most weight with these stems, best first, with their share (0–1 of the asked weight). */
  nearest(asked: ReadonlySet<string>, limit: number): { sentence: Sentence; share: number }[];
}

/** A few short documents say little about how rare a word is: they are weighed as if they were part of this many sentences. */
const background = 1_000;
/** A stem found in more sentences than this tells nothing about where to look. */
const common = 0.15;

export async function loadCorpus(documents: Documents, collection: string): Promise<Corpus> {
  const sentences: Sentence[] = [];
  const starts = new Map<string, number>();
  for (const { path } of await documents.list(collection)) {
    starts.set(path, sentences.length);
    for (const sentence of await documents.sentences(collection, path)) sentences.push(sentence);
  }
  const postings = new Map<string, number[]>();
  sentences.forEach((sentence, at) => {
    for (const stem of stems(sentence.text)) {
      const list = postings.get(stem);
      if (list) list.push(at);
      else postings.set(stem, [at]);
    }
  });
  const headings = new Set([...new Set(sentences.map((sentence) => sentence.headings.join(" ")))].flatMap((text) => [...stems(text)]));
  const weight = (stem: string): number => Math.log(1 + Math.max(sentences.length, background) / (1 + (postings.get(stem)?.length ?? 0)));
  return {
    sentences,
    weight,
    knows: (stem) => postings.has(stem) || headings.has(stem),
    at(path, n) {
      const start = starts.get(path);
      const sentence = start === undefined ? undefined : sentences[start + n - 1];
      return sentence?.path === path ? sentence : undefined;
    },
    nearest(asked, limit) {
      const scores = new Map<number, number>();
      let total = 0;
      for (const stem of asked) {
        const by = weight(stem);
        total += by;
        const list = postings.get(stem) ?? [];
        if (list.length > Math.max(20, common * sentences.length)) continue;
        for (const at of list) scores.set(at, (scores.get(at) ?? 0) + by);
      }
      return [...scores]
        .sort((a, b) => b[1] - a[1] || a[0] - b[0])
        .slice(0, limit)
        .map(([at, score]) => ({ sentence: sentences[at] as Sentence, share: total > 0 ? score / total : 0 }));
    },
  };
}
