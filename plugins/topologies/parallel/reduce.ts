import { canonicalJson, type Json } from "@orrery/sdk";
import type { Reducer } from "./config.ts";

/** A finished answer, in the team's order. */
export type Answer = { path: string; text: string; data: Json | null; score: number | null };

/** Two answers are the same vote when their `data` says the same `answer`, else when their words are the same but for case, space and closing marks. */
function ballot(answer: Answer): string {
  const { data } = answer;
  if (data !== null && typeof data === "object" && !Array.isArray(data)) {
    const stated = (data as { readonly answer?: Json }).answer;
    if (stated !== undefined) return `data:${canonicalJson(stated)}`;
  }
  return `text:${answer.text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[.!?\s]+$/, "")}`;
}

/** The highest judged score; the team's order decides between equals, and what nobody judged comes last. */
export function best(answers: readonly Answer[]): Answer | undefined {
  return answers.reduce<Answer | undefined>((top, answer) => (top && (top.score ?? -1) >= (answer.score ?? -1) ? top : answer), undefined);
}

/** The answer most agents gave; between equal counts the one whose best supporter was judged higher, then the team's order. */
export function vote(answers: readonly Answer[]): Answer | undefined {
  const ballots = new Map<string, Answer[]>();
  for (const answer of answers) {
    const key = ballot(answer);
    ballots.set(key, [...(ballots.get(key) ?? []), answer]);
  }
  let winner: Answer[] = [];
  for (const side of ballots.values()) {
    const better = side.length - winner.length || (best(side)?.score ?? -1) - (best(winner)?.score ?? -1);
    if (better > 0) winner = side;
  }
  return best(winner);
}

/** Every different answer in the team's order, a blank line between. */
const concat = (answers: readonly Answer[]): string => [...new Set(answers.map((answer) => answer.text.trim()))].filter((text) => text !== "").join("\n\n");

/** The outcome without a further call: one answer's step, or a text made of several. */
export function reduce(reducer: Exclude<Reducer, object>, answers: readonly Answer[]): { output: string | undefined; text?: string } {
  if (reducer === "vote") return { output: vote(answers)?.path };
  if (reducer === "best") return { output: best(answers)?.path };
  return answers.length < 2 ? { output: answers[0]?.path } : { output: undefined, text: concat(answers) };
}
