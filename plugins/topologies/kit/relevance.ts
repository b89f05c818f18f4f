import { stemmer } from "stemmer";
import { common, cosine, english } from "./likeness.ts";
import type { Encode } from "./topology.ts";

const stems = (text: string): Set<string> =>
  new Set(
    (
      text
        .normalize("NFKC")
        .toLowerCase()
        .match(/[\p{L}\p{N}]+/gu) ?? []
    )
      .filter((word) => word.length > 2 && !common.has(word))
      .map((word) => stemmer(word)),
  );

/** The share of words that two texts have in common, of the shorter one's: 0–1. */
export function sharedWords(one: string, other: string): number {
  const [a, b] = [stems(one), stems(other)];
  const shared = [...a].filter((word) => b.has(word)).length;
  return shared === 0 ? 0 : shared / Math.min(a.size, b.size);
}

/** How well each text fits the task, 0–1, and the way that was used: by vectors where they are wanted and there are any, else by words. */
export async function relevance(
  by: "words" | "embedding",
  task: string,
  texts: readonly string[],
  encode: Encode,
): Promise<{ scores: number[]; used: string }> {
  const words = texts.map((text) => sharedWords(task, text));
  if (by === "words") return { scores: words, used: by };
  if (!english(task)) return { scores: words, used: "words (the task is not English)" };
  const vectors = await encode([task, ...texts]).catch(() => undefined);
  const [asked, ...rest] = vectors ?? [];
  if (!asked) return { scores: words, used: "words (no encoder here)" };
  return { scores: rest.map((vector) => Math.max(0, cosine(asked, vector))), used: by };
}
