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
  /** The larger of cosine and word overlap, 0–1. */
  relevance: number;
  /** relevance × recency × quality: what the order follows. */
  rank: number;
}
export interface RankQuery {
  text: string;
  /** The query's vector and the model it came from, where there is an encoder. */
  vector: { model: string; data: Float32Array } | undefined;
  threshold: number;
  halfLifeDays: number;
  now: number;
}

/** The episodes that bear on the query, best first, none below the threshold; of several runs of the same request only the best. */
export function rank(episodes: readonly Episode[], { text, vector, threshold, halfLifeDays, now }: RankQuery): Ranked[] {
  const query = stems(text);
  const words = episodes.map((one) => stems(`${one.task} ${one.summary}`));
  const relevance = (one: Episode, i: number): number => {
    const near = vector && one.vector?.model === vector.model ? cosine(vector.data, unpack(one.vector.data)) : 0;
    return Math.min(1, Math.max(near, overlap(query, words[i] ?? new Set(), words)));
  };
  const requests = new Set<string>();
  return episodes
    .map((one, i) => ({ episode: one, relevance: relevance(one, i) }))
    .filter((one) => one.relevance >= threshold)
    .map((one) => ({ ...one, rank: one.relevance * recency(one.episode.at, now, halfLifeDays) * quality(one.episode.judged) }))
    .sort((a, b) => b.rank - a.rank || b.episode.at - a.episode.at || (a.episode.id < b.episode.id ? -1 : 1))
    .filter(({ episode: { task } }) => {
      const request = [...stems(task)].sort().join(" ");
      return !requests.has(request) && requests.add(request);
    });
}
