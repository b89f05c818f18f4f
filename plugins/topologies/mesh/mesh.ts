import type { Json, Team } from "@orrery/sdk";
import { z } from "zod";
import {
  type Answer,
  asFact,
  ask,
  close,
  type Encode,
  failurePolicy,
  following,
  inWaves,
  type Onward,
  opening,
  type Rounds,
  similarity,
  winner,
} from "../kit/index.ts";

export const meshConfig = z.strictObject({
  /** Rounds after the first, in which everybody hears their peers. */
  rounds: z.int().min(0).max(20).default(2),
  /** Peers each agent has; without it all the others. */
  degree: z.int().min(1).optional(),
  /** So many who say the same end it. */
  quorum: z.int().min(2).optional(),
  similarity,
  ...failurePolicy("skip"),
});
type Config = z.infer<typeof meshConfig>;
type Data = { rounds: Rounds; quorum: number | null };

const guidance =
  "Among your colleagues' work stands what you and your peers said in the round before. Take up what is better than yours, keep what is right, and answer the task anew in full.";

/** The peers at each place of a ring of n with `degree` neighbours: as many to the left as to the right, and the one opposite when it is odd. Always mutual. */
function peersOf(n: number, degree: number): number[][] {
  return Array.from({ length: n }, (_, i) => {
    const peers = new Set<number>();
    for (let step = 1; step <= Math.floor(degree / 2); step += 1) for (const at of [i - step, i + step]) peers.add((at + n) % n);
    if (degree % 2 === 1) peers.add((i + n / 2) % n);
    return [...peers].sort((a, b) => a - b);
  });
}

function neighbours(team: Team, { degree }: Config): string[][] {
  const ids = team.agents.map((agent) => agent.id);
  if (degree === undefined) return ids.map((id) => ids.filter((other) => other !== id));
  return peersOf(ids.length, degree).map((peers) => peers.map((at) => ids[at] ?? ""));
}

function problems(team: Team, { degree, quorum }: Config): string[] {
  const n = team.agents.length;
  const found: string[] = [];
  if (degree !== undefined && degree > n - 1) found.push(`config.degree: ${degree} peers of ${n - 1} others cannot be`);
  else if (degree !== undefined && degree % 2 === 1 && n % 2 === 1)
    found.push(`config.degree: ${n} agents with ${degree} peers each cannot all be mutual: one of the two must be even`);
  if (quorum !== undefined && quorum > n) found.push(`config.quorum: ${quorum} of ${n} agents cannot be`);
  return found;
}

async function onward({ rounds: before, quorum }: Data, answers: Answer[], encode: Encode): Promise<Onward<Data>> {
  const { rounds, like, stop } = await close(before, answers, encode);
  const won = winner(rounds, like);
  const agreed = quorum !== null && stop !== "nobody answered" && won !== undefined && won.votes >= quorum;
  if (!agreed && !stop) {
    const next = following(rounds);
    return { data: { rounds: next, quorum }, wave: ask(next) };
  }
  const facts: { [name: string]: Json } = {
    rounds: before.round,
    stop: agreed ? "quorum" : (stop ?? ""),
    similarity: like.used,
    ...(won ? { vote: asFact(won) } : {}),
  };
  return { data: { rounds, quorum }, done: { output: won?.answer.path, facts } };
}

/**
 * `s_i(t+1) = a_i(task, s_i(t), {s_j(t)})`: peers who all answer at once, round after round, each hearing itself and its peers of the round before.
 * It ends when nobody changes, when a quorum agrees, or after `rounds`; the outcome is the answer most gave.
 */
export const mesh = inWaves<Config, Data>({
  id: "mesh",
  config: meshConfig,
  problems,
  predict: (team, { rounds, quorum }) => {
    const n = team.agents.length;
    const all = n * (rounds + 1);
    return { min: quorum === undefined ? n * Math.min(rounds + 1, 2) : n, expected: all, max: all };
  },
  edges: (team, config) => {
    const peers = neighbours(team, config);
    return team.agents.flatMap(({ id: to }, i) => (peers[i] ?? []).map((from) => ({ from, to })));
  },
  begin: (team, config) => {
    const peers = neighbours(team, config);
    const cells = team.agents.map(({ id }, i) => ({ id, agent: id, sees: [id, ...(peers[i] ?? [])], task: null }));
    const rounds = opening(team, { cells, most: config.rounds, similarity: config.similarity, guidance });
    return { data: { rounds, quorum: config.quorum ?? null }, wave: ask(rounds) };
  },
  onward,
});
