import type { Team } from "@orrery/sdk";
import type { MakerConfig } from "./config.ts";

/** A run's steps as plain data: it goes along in the state, so many steps alike are kept as one text. */
export type Decomposition = {
  count: number;
  /** The text of every step, or one for each; null where each agent of the team is a step and does its own part. */
  tasks: string[] | null;
  initial: string;
};

const hanoi = (disks: number): Decomposition => ({
  count: 2 ** disks - 1,
  tasks: [
    [
      `Towers of Hanoi with ${disks} disks, 1 the smallest, on the pegs 0, 1 and 2; a peg is listed from its lowest disk up.`,
      "The way: first, and then at every second move, move disk 1 to the next peg clockwise (0 → 1 → 2 → 0 for an even number of disks, 0 → 2 → 1 → 0 for an odd one); at the other moves make the only legal one that does not move disk 1.",
      "Now: {state}",
      'Make one move and answer with the JSON after it, nothing else, in the same form: {"moved": disk, "pegs": [[…], […], […]]}.',
    ].join("\n"),
  ],
  initial: JSON.stringify({ moved: 0, pegs: [Array.from({ length: disks }, (_, i) => disks - i), [], []] }),
});

/** What the run is taken apart into. */
export function decompositionOf(team: Team, { steps, repeat, generate, initial }: MakerConfig): Decomposition {
  if (generate) return hanoi(generate.disks);
  if (repeat) return { count: repeat.times, tasks: [repeat.task], initial };
  if (steps) return { count: steps.length, tasks: steps, initial };
  return { count: team.agents.length, tasks: null, initial };
}

const places = /\{(state|task|step|steps)\}/g;

/** The text of step `at`, counted from 0. What stands for a place is not searched for places again. */
export function taskOf({ tasks, count }: Decomposition, at: number, state: string, task: string): string | undefined {
  if (!tasks) return undefined;
  const values: { [place: string]: string } = { state, task, step: String(at + 1), steps: String(count) };
  return (tasks[at] ?? tasks[0] ?? "").replace(places, (whole, place: string) => values[place] ?? whole);
}
