import type { Json, Settled } from "@orrery/sdk";

/** A good output. */
export type Answer = { agent: string; path: string; text: string; data: Json | null; score: number | null };

export const answerOf = ({ agent, path, text, data, score }: Settled): Answer => ({ agent, path, text, data: data ?? null, score: score ?? null });

/** Every different text in order, a blank line between. */
export const concat = (answers: readonly Answer[]): string =>
  [...new Set(answers.map((answer) => answer.text.trim()))].filter((text) => text !== "").join("\n\n");

/** The highest judged score; the order decides between equals, and what nobody judged comes last. */
export function best(answers: readonly Answer[]): Answer | undefined {
  return answers.reduce<Answer | undefined>((top, answer) => (top && (top.score ?? -1) >= (answer.score ?? -1) ? top : answer), undefined);
}
