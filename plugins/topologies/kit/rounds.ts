import type { Dispatch, Team } from "@orrery/sdk";
import type { Answer } from "./answer.ts";
import { type Likeness, likeness, type Similarity } from "./likeness.ts";
import { bringsTogether } from "./skills.ts";
import type { Encode } from "./topology.ts";
import { type Vote, vote } from "./vote.ts";

/** A place in the rounds: who answers there, and whose answers of the round before it sees, by place and in order. */
export type Cell = { id: string; agent: string; sees: string[]; task: string | null };

/**
 * Rounds in step: everybody is asked at once and reads of the others only what they said in the round before (a double buffer).
 * Who failed in a round is not seen in the next, and asked again then.
 */
export type Rounds = {
  cells: Cell[];
  most: number;
  similarity: Similarity;
  guidance: string;
  /** Agents whose work is to bring others' together: between equal votes theirs counts first. */
  closers: string[];
  round: number;
  last: Answer[];
};

/** The rounds before anything was asked. */
export const opening = (team: Team, rounds: Pick<Rounds, "cells" | "most" | "similarity" | "guidance">): Rounds => ({
  ...rounds,
  closers: team.agents.filter(bringsTogether).map((agent) => agent.id),
  round: 0,
  last: [],
});

const pathOf = (round: number, cell: string): string => `r${round}/${cell}`;
/** The place an answer of this round was given at. */
export const cellOf = ({ path }: Answer): string => path.slice(path.indexOf("/") + 1);

/** The round's steps. */
export function ask({ cells, round, last, guidance }: Rounds): Dispatch[] {
  return cells.map(({ id, agent, sees, task }) => {
    const inputs = sees.flatMap((seen) => last.find((answer) => cellOf(answer) === seen)?.path ?? []);
    return { path: pathOf(round, id), agent, round, inputs, ...(task === null ? {} : { task }), ...(inputs.length > 0 ? { guidance } : {}) };
  });
}

/** Why the rounds end here, if they do, and how their answers compare. Without any answer, what the round before said stands. */
export async function close(
  rounds: Rounds,
  answers: Answer[],
  encode: Encode,
): Promise<{ rounds: Rounds; like: Likeness; changed: boolean; stop: "no change" | "rounds" | "nobody answered" | undefined }> {
  const like = await likeness(rounds.similarity, [...answers, ...rounds.last], encode);
  if (answers.length === 0) return { rounds, like, changed: false, stop: "nobody answered" };
  const before = (answer: Answer): Answer | undefined => rounds.last.find((one) => cellOf(one) === cellOf(answer));
  const changed =
    answers.length !== rounds.last.length ||
    answers.some((answer) => {
      const earlier = before(answer);
      return !earlier || !like.same(earlier, answer);
    });
  const stop = rounds.round > 0 && !changed ? "no change" : rounds.round >= rounds.most ? "rounds" : undefined;
  return { rounds: { ...rounds, last: answers }, like, changed, stop };
}

/** One round further. */
export const following = (rounds: Rounds): Rounds => ({ ...rounds, round: rounds.round + 1 });

/** The answer most gave in the last round. */
export function winner({ last, closers }: Rounds, like: Pick<Likeness, "same">): Vote | undefined {
  const closing = (answer: Answer): boolean => closers.includes(answer.agent);
  return vote([...last.filter(closing), ...last.filter((answer) => !closing(answer))], like);
}
