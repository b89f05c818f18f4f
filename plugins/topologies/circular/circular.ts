import type { Dispatch } from "@orrery/sdk";
import { z } from "zod";
import { type Answer, type Encode, failurePolicy, inWaves, likeness, type Onward, type Similarity, similarity } from "../kit/index.ts";

export const circularConfig = z.strictObject({
  /** Times around the ring at most. */
  laps: z.int().min(1).max(20).default(3),
  similarity,
  ...failurePolicy("skip"),
});
type Config = z.infer<typeof circularConfig>;
type Data = {
  agents: string[];
  laps: number;
  similarity: Similarity;
  lap: number;
  at: number;
  /** What each agent made last, by its place, which keeps what was there while it fails. */
  current: (Answer | null)[];
  changed: boolean;
  /** What was made last of all: the outcome. */
  last: string | null;
};

const guidance = "Your colleague's work is the piece as it goes round. Hand on the whole of it, improved where you can, unchanged where it is right.";

function step({ agents, lap, at, current }: Data): Dispatch {
  const agent = agents[at] ?? "";
  const before = current[(at - 1 + agents.length) % agents.length];
  return { path: `r${lap}/${agent}`, agent, round: lap, inputs: before ? [before.path] : [], ...(before ? { guidance } : {}) };
}

async function onward(data: Data, [answer]: Answer[], encode: Encode): Promise<Onward<Data>> {
  const earlier = data.current[data.at] ?? undefined;
  const like = await likeness(data.similarity, answer && earlier ? [earlier, answer] : [], encode);
  const kept = answer === undefined || (earlier !== undefined && like.same(earlier, answer));
  const after: Data = {
    ...data,
    at: data.at + 1,
    current: answer ? data.current.with(data.at, answer) : data.current,
    changed: data.changed || !kept,
    last: answer?.path ?? data.last,
  };
  if (after.at < after.agents.length) return { data: after, wave: [step(after)] };
  const stop = !after.changed ? "no change" : after.lap + 1 >= after.laps ? "laps" : undefined;
  if (stop) return { data: after, done: { output: after.last ?? undefined, facts: { laps: after.lap + 1, stop, similarity: like.used } } };
  const next = { ...after, at: 0, lap: after.lap + 1, changed: false };
  return { data: next, wave: [step(next)] };
}

/**
 * A ring: each agent works on what its predecessor made last, lap after lap, and sees nobody else's.
 * It ends with the first lap in which everybody makes what they made before, or after `laps`; the outcome is what was made last.
 */
export const circular = inWaves<Config, Data>({
  id: "circular",
  config: circularConfig,
  problems: () => [],
  predict: ({ agents }, { laps }) => {
    const all = agents.length * laps;
    return { min: agents.length * Math.min(laps, 2), expected: all, max: all };
  },
  edges: ({ agents }, { laps }) =>
    agents.flatMap(({ id: to }, i) => {
      const from = agents[(i - 1 + agents.length) % agents.length]?.id ?? to;
      return from === to || (i === 0 && laps === 1) ? [] : [{ from, to }];
    }),
  begin: ({ agents }, { laps, similarity }) => {
    const data: Data = {
      agents: agents.map((agent) => agent.id),
      laps,
      similarity,
      lap: 0,
      at: 0,
      current: agents.map(() => null),
      changed: false,
      last: null,
    };
    return { data, wave: [step(data)] };
  },
  onward,
});
