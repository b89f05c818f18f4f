import type { Dispatch } from "@orrery/sdk";
import { teamOf } from "../../kit/testing/arbitrary.ts";
import { maker } from "../maker.ts";

/** A legal move by the way the step's text describes, as the JSON a right agent answers with. */
export function rightMove(state: string, disks: number): string {
  const { moved, pegs } = JSON.parse(state) as { moved: number; pegs: number[][] };
  const top = (peg: number): number => pegs[peg]?.at(-1) ?? Number.POSITIVE_INFINITY;
  let from: number;
  let to: number;
  if (moved !== 1) {
    from = [0, 1, 2].find((peg) => top(peg) === 1) ?? 0;
    to = (from + (disks % 2 === 0 ? 1 : 2)) % 3;
  } else {
    const others = [0, 1, 2].filter((peg) => top(peg) !== 1);
    const [a = 0, b = 0] = others;
    [from, to] = top(a) < top(b) ? [a, b] : [b, a];
  }
  const disk = top(from);
  const after = pegs.map((peg, i) => (i === from ? peg.slice(0, -1) : i === to ? [...peg, disk] : peg));
  return JSON.stringify({ moved: disk, pegs: after });
}

/** Every state of the tower from its start to its end. */
function wayOf(disks: number): string[] {
  const way = [JSON.stringify({ moved: 0, pegs: [Array.from({ length: disks }, (_, i) => disks - i), [], []] })];
  for (let i = 0; i < 2 ** disks - 1; i += 1) way.push(rightMove(way[i] ?? "", disks));
  return way;
}

const seeded = (seed: number) => {
  let state = seed >>> 0;
  return (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};

export interface Towers {
  /** Runs in which every one of the moves was right. */
  perfect: number;
  calls: number;
  k: number;
}

/** Many runs of the tower by agents who make the right move with the chance `p`, and else all the same wrong one. */
export function playHanoi({ disks, p, runs, seed }: { disks: number; p: number; runs: number; seed: number }): Towers {
  const team = teamOf("a", "b", "c");
  const way = wayOf(disks);
  const config = maker.config.parse({ generate: { name: "hanoi", disks }, p });
  const random = seeded(seed);
  const towers: Towers = { perfect: 0, calls: 0, k: 0 };
  for (let run = 0; run < runs; run += 1) {
    let move = maker.start(team, config, "Solve the tower.");
    towers.k = move.dispatch.length;
    const queue: Dispatch[] = [];
    let perfect = true;
    let last = "";
    while (!move.done) {
      queue.push(...move.dispatch);
      const { path, agent, round } = queue.shift() as Dispatch;
      towers.calls += 1;
      const text = random() < p ? (way[round + 1] ?? "") : `{"moved":0,"pegs":${round}}`;
      const { at } = move.state;
      move = maker.next(move.state, { path, agent, ok: true, text });
      if (move.state.at !== at && move.state.answer !== way[at + 1]) perfect = false;
      if (move.done) last = move.state.tally.find(({ path }) => path === move.done?.output)?.text ?? "";
    }
    if (perfect && last === way.at(-1)) towers.perfect += 1;
  }
  return towers;
}
