import type { CallPrediction, Dispatch, Json, Move, Settled, Team, TopologyExecutor } from "@orrery/sdk";
import { OrreryError } from "@orrery/sdk";
import type { z } from "zod";
import type { Failure } from "./failures.ts";
import { type Retries, sent, settledAgain } from "./retry.ts";

/** What a topology has to say of how its outcome came about, for the report. */
export type Facts = { [name: string]: Json };
/** The step whose artifact is the outcome, or a text made of several. */
export type Result = { output: string | undefined; text?: string; facts?: Facts };

/** A move with its state still typed. `done` ends the run; nothing may be in flight then that is not cancelled. */
export interface TypedMove<State> extends Omit<Move, "state" | "done"> {
  state: State;
  dispatch: Dispatch[];
  done?: Result & { failures: Failure[] };
}

/** Normalised vectors of texts, where the host has an encoder; the same bits in every host. */
export type Encode = (texts: string[]) => Promise<Float32Array[] | undefined>;

/** A topology as its author writes it: the config is parsed, the team has passed `problems`. */
export interface Topology<Config, State extends Json> {
  /** What a task names it by, as `"sequential"`. */
  readonly id: string;
  readonly config: z.ZodType<Config>;
  /** What the schema cannot see: unknown agents, cycles. Empty when it can run. */
  problems(team: Team, config: Config): string[];
  /** Without retries: the kit adds those to `max`. */
  predict(team: Team, config: Config): CallPrediction;
  edges(team: Team, config: Config): { from: string; to: string }[];
  start(team: Team, config: Config, task: string, encode: Encode): TypedMove<State> | Promise<TypedMove<State>>;
  /** Leaves `state` as it is and returns a new one: the caller may keep the old. */
  next(state: State, settled: Settled, encode: Encode): TypedMove<State> | Promise<TypedMove<State>>;
}

const place = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, part) => (typeof part === "number" ? `${text}[${part}]` : `${text}.${String(part)}`), "config");

/** A team that came another way than through its file is looked at once more: paths and edges go by the agents' names. */
function teamProblems({ agents }: Team): string[] {
  if (agents.length === 0) return ["team.agents: there is nobody in the team"];
  const twice = agents.findIndex(({ id }, i) => agents.findIndex((other) => other.id === id) !== i);
  return twice < 0 ? [] : [`team.agents[${twice}].id: there are two agents named "${agents[twice]?.id}"`];
}

function read<Config, State extends Json>(topology: Topology<Config, State>, team: Team, config: Json): { config: Config } | { problems: string[] } {
  const parsed = topology.config.safeParse(config ?? {});
  if (!parsed.success) return { problems: parsed.error.issues.map((issue) => `${place(issue.path)}: ${issue.message}`) };
  const problems = teamProblems(team);
  if (problems.length === 0) problems.push(...topology.problems(team, parsed.data));
  return problems.length > 0 ? { problems } : { config: parsed.data };
}

/** How often a failed step is asked again: what `failurePolicy` put into the config. */
function retriesOf(config: unknown): number {
  const { onAgentFailure, retries } = (config ?? {}) as { onAgentFailure?: unknown; retries?: unknown };
  return onAgentFailure === "retry" && typeof retries === "number" ? retries : 0;
}

const nowhere: Encode = async () => undefined;

/**
 * The executor of a topology: config and team are checked before anything else happens; failed steps are tried again where the config says so.
 *
 * @throws OrreryError TOPOLOGY_CONFIG from every method but `check` and `next`, naming each problem.
 */
export function executor<Config, State extends Json>(topology: Topology<Config, State>, encode: Encode = nowhere): TopologyExecutor {
  type Outer = { inner: State; retries: Retries | null };
  const valid = (team: Team, config: Json): Config => {
    const result = read(topology, team, config);
    if ("config" in result) return result.config;
    throw new OrreryError("TOPOLOGY_CONFIG", `the topology "${topology.id}" cannot run the team "${team.name}": ${result.problems.join("; ")}`, {
      todo: "Correct the named places of the team's topology config.",
    });
  };
  const out = (retries: Retries | null, { state, ...move }: TypedMove<State>): Move => {
    if (!retries) return { state: { inner: state, retries } satisfies Outer, ...move };
    const after = sent(retries, { state, ...move });
    return { state: { inner: state, retries: after.retries } as unknown as Json, ...after.move };
  };
  return {
    check: (team, config) => {
      const result = read(topology, team, config);
      return "problems" in result ? result.problems : [];
    },
    predictCalls: (team, config) => {
      const parsed = valid(team, config);
      const { max, ...rest } = topology.predict(team, parsed);
      return { ...rest, max: max * (1 + retriesOf(parsed)) };
    },
    edges: (team, config) => topology.edges(team, valid(team, config)),
    start: async (team, config, task) => {
      const parsed = valid(team, config);
      const most = retriesOf(parsed);
      return out(most > 0 ? { most, flights: {}, names: {} } : null, await topology.start(team, parsed, task, encode));
    },
    next: async (state, settled) => {
      const { inner, retries } = state as unknown as Outer;
      if (!retries) return out(null, await topology.next(inner, settled, encode));
      const heard = settledAgain(retries, settled);
      if (!heard.settled) return { state: { inner, retries: heard.retries } as unknown as Json, dispatch: heard.dispatch };
      return out(heard.retries, await topology.next(inner, heard.settled, encode));
    },
  };
}
