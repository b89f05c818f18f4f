import type { Dispatch, Team } from "@orrery/sdk";
import { z } from "zod";
import { type Answer, best, failurePolicy, inWaves, leadOf, type Onward } from "../kit/index.ts";

export const mixtureConfig = z.strictObject({
  /** Layers, the aggregator being the last. */
  layers: z.int().min(1).max(10).default(3),
  /** Who makes one answer of the last layer's; without it the first agent whose skill is to bring things together, else the first. */
  aggregator: z.string().optional(),
  /** One agent answers `samples` times in every layer instead of everybody once (Self-MoA). */
  self: z
    .strictObject({
      agent: z.string().optional(),
      samples: z.int().min(1).max(64).default(6),
      temperature: z.number().min(0).max(2).default(0.7),
    })
    .optional(),
  ...failurePolicy("skip"),
});
type Config = z.infer<typeof mixtureConfig>;
/** One place in every layer but the last. */
type Proposer = { id: string; agent: string; temperature: number | null };
type Data = { proposers: Proposer[]; aggregator: string; layers: number; layer: number; last: Answer[] };

const refining =
  "Among your colleagues' work stand several answers to the task. Take what is right in each, doubt what only one of them says, and answer the task yourself.";
const merging =
  "Your colleagues answered the task independently. Make one answer of theirs: what is right in each, weighed where they differ, in full and in order.";

const aggregatorOf = (team: Team, config: Config): string => config.aggregator ?? leadOf(team);

function proposersOf(team: Team, config: Config): Proposer[] {
  const { self } = config;
  if (!self) return team.agents.map(({ id }) => ({ id, agent: id, temperature: null }));
  const agent = self.agent ?? aggregatorOf(team, config);
  return Array.from({ length: self.samples }, (_, i) => ({ id: `${agent}.${i + 1}`, agent, temperature: self.temperature }));
}

function problems(team: Team, config: Config): string[] {
  const ids = team.agents.map((agent) => agent.id);
  const known = (id: string | undefined, where: string): string[] =>
    id === undefined || ids.includes(id) ? [] : [`${where}: there is no agent "${id}" (there are: ${ids.join(", ")})`];
  return [...known(config.aggregator, "config.aggregator"), ...known(config.self?.agent, "config.self.agent")];
}

/** The layer's steps: everybody on all of the layer before it, or the aggregator where it is the last. */
function ask({ proposers, aggregator, layers, layer, last }: Data): Dispatch[] {
  const inputs = last.map((answer) => answer.path);
  if (layer === layers - 1) {
    const path = `r${layer}/${aggregator}`;
    return [{ path, agent: aggregator, round: layer, inputs, ...(inputs.length > 0 ? { guidance: merging } : {}) }];
  }
  return proposers.map(({ id, agent, temperature }) => ({
    path: `r${layer}/${id}`,
    agent,
    round: layer,
    inputs,
    ...(temperature === null ? {} : { temperature }),
    ...(inputs.length > 0 ? { guidance: refining } : {}),
  }));
}

function onward(data: Data, answers: Answer[]): Onward<Data> {
  const aggregating = data.layer === data.layers - 1;
  const [made] = answers;
  if (aggregating && made) return { data, done: { output: made.path, facts: { layers: data.layers, aggregated: true } } };
  // Without an answer in this layer the best of the one before it is what there is.
  if (!made) return { data, done: { output: best(data.last)?.path, facts: { layers: data.layer, aggregated: false } } };
  const next = { ...data, layer: data.layer + 1, last: answers };
  return { data: next, wave: ask(next) };
}

/**
 * Layers of proposers: the first sees the task only, each later one also all answers of the layer before it, nobody any of their own layer;
 * the last layer is one aggregator, whose answer is the outcome (arXiv 2406.04692; `self`: 2502.00674).
 */
export const mixtureOfAgents = inWaves<Config, Data>({
  id: "mixture-of-agents",
  config: mixtureConfig,
  problems,
  predict: (team, config) => {
    const calls = proposersOf(team, config).length * (config.layers - 1) + 1;
    return { min: calls, expected: calls, max: calls };
  },
  edges: (team, config) => {
    const aggregator = aggregatorOf(team, config);
    const ids = [...new Set(proposersOf(team, config).map((proposer) => proposer.agent))];
    const to = [...(config.layers > 2 ? ids : []), ...(config.layers > 1 ? [aggregator] : [])];
    return [...new Set(to)].flatMap((to) => ids.filter((from) => from !== to).map((from) => ({ from, to })));
  },
  begin: (team, config) => {
    const data: Data = { proposers: proposersOf(team, config), aggregator: aggregatorOf(team, config), layers: config.layers, layer: 0, last: [] };
    return { data, wave: ask(data) };
  },
  onward,
});
