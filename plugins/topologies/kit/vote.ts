import { type Answer, best } from "./answer.ts";
import type { Likeness } from "./likeness.ts";

/** What a vote came to: the winning side's best judged answer, and how many stood behind it. */
export interface Vote {
  answer: Answer;
  votes: number;
  of: number;
}

/** Those who say the same, each side by its first member, in order. */
function sidesOf(answers: readonly Answer[], same: Likeness["same"]): Answer[][] {
  const sides: Answer[][] = [];
  for (const answer of answers) {
    const side = sides.find(([first]) => first && same(first, answer));
    if (side) side.push(answer);
    else sides.push([answer]);
  }
  return sides;
}

/** The answer most gave; between equal counts the side whose best supporter was judged higher, then the order. Undefined without answers. */
export function vote(answers: readonly Answer[], { same }: Pick<Likeness, "same">): Vote | undefined {
  let winner: Answer[] = [];
  for (const side of sidesOf(answers, same)) {
    const better = side.length - winner.length || (best(side)?.score ?? -1) - (best(winner)?.score ?? -1);
    if (better > 0) winner = side;
  }
  const answer = best(winner);
  return answer && { answer, votes: winner.length, of: answers.length };
}

const shortened = (text: string): string => (text.length <= 200 ? text : `${text.slice(0, 199)}…`);

/** A vote as a fact of the report, for an answer that is the outcome. */
export const asFact = ({ answer, votes, of }: Vote): { agent: string; votes: number; of: number } => ({ agent: answer.agent, votes, of });
/** The same with the beginning of the answer, where it may not be. */
export const asFullFact = (won: Vote): { agent: string; votes: number; of: number; answer: string } => ({
  ...asFact(won),
  answer: shortened(won.answer.text.trim()),
});
