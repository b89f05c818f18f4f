import { type Answer, best, concat, sameText, vote } from "../kit/index.ts";
import type { Reducer } from "./config.ts";

/** The outcome without a further call: one answer's step, or a text made of several. */
export function reduce(reducer: Exclude<Reducer, object>, answers: readonly Answer[]): { output: string | undefined; text?: string } {
  if (reducer === "vote") return { output: vote(answers, { same: sameText })?.answer.path };
  if (reducer === "best") return { output: best(answers)?.path };
  return answers.length < 2 ? { output: answers[0]?.path } : { output: undefined, text: concat(answers) };
}
