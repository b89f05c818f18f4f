import type { Episode } from "./episode.ts";
import { cosine, unpack } from "./vector.ts";
import { overlap, stems } from "./words.ts";

const day = 86_400_000;

/** From 1 for an episode of just now towards ½; half of the way is gone after `halfLifeDays`. */
export const recency = (at: number, now: number, halfLifeDays: number): number => 0.5 + 0.5 * 2 ** (-Math.max(0, now - at) / (halfLifeDays * day));
/** From ½ for an episode judged 0 to 1 for one judged 1. */
export const quality = (judged: number): number => 0.5 + 0.5 * judged;

export interface Ranked {
  episode: Episode;
  /** 0–1; see `relevanceOf`. */
  relevance: number;
  /** relevance × recency × quality: what the order follows. */
  rank: number;
}
/** From which relevance an episode bears on a request: `vectors` where both have one, `words` where only words can be compared. */
export interface Thresholds {
  vectors: number;
  words: number;
}
export interface RankQuery {
  text: string;
  /** The request's vector and the model it came from, where there is one. */
  vector: { model: string; data: Float32Array } | undefined;
  thresholds: Thresholds;
  halfLifeDays: number;
  now: number;
}

/** ¾ cosine + ¼ word overlap, or the overlap alone: a small encoder also finds texts alike that share a subject and nothing else. */
export const relevanceOf = (near: number | undefined, shared: number): number =>
  Math.min(1, near === undefined ? shared : 0.75 * Math.max(0, near) + 0.25 * shared);

/** The episodes that bear on the request, best first, none below its threshold; of several runs of the same request only the best. */
export function rank(episodes: readonly Episode[], { text, vector, thresholds, halfLifeDays, now }: RankQuery): Ranked[] {
  const query = stems(text);
  const words = episodes.map((one) => stems(`${one.task} ${one.summary}`));
  const judge = (one: Episode, i: number) => {
    const near = vector && one.vector?.model === vector.model ? cosine(vector.data, unpack(one.vector.data)) : undefined;
    const relevance = relevanceOf(near, overlap(query, words[i] ?? new Set(), words));
    return { episode: one, relevance, bears: relevance > 0 && relevance >= (near === undefined ? thresholds.words : thresholds.vectors) };
  };
  const requests = new Set<string>();
  return episodes
    .map(judge)
    .filter(({ bears }) => bears)
    .map(({ episode, relevance }) => ({ episode, relevance, rank: relevance * recency(episode.at, now, halfLifeDays) * quality(episode.judged) }))
    .sort((a, b) => b.rank - a.rank || b.episode.at - a.episode.at || (a.episode.id < b.episode.id ? -1 : 1))
    .filter(({ episode: { task } }) => {
      const request = [...stems(task)].sort().join(" ");
      return !requests.has(request) && requests.add(request);
    });
}
