import type { CallPrediction, Dispatch, Json, Move, Settled, Team, TopologyExecutor } from "@orrery/sdk";
import { OrreryError } from "@orrery/sdk";
import type { z } from "zod";
import type { Failure } from "./failures.ts";

/** A move with its state still typed. `done` ends the run; nothing may be in flight then that is not cancelled. */
export interface TypedMove<State> extends Omit<Move, "state"> {
  state: State;
  dispatch: Dispatch[];
  done?: { output: string | undefined; text?: string; failures: Failure[] };
}

/** A topology as its author writes it: the config is parsed, the team has passed `problems`. */
export interface Topology<Config, State extends Json> {
  /** What a task names it by, as `"sequential"`. */
  readonly id: string;
  readonly config: z.ZodType<Config>;
  /** What the schema cannot see: unknown agents, cycles. Empty when it can run. */
  problems(team: Team, config: Config): string[];
  predict(team: Team, config: Config): CallPrediction;
  edges(team: Team, config: Config): { from: string; to: string }[];
  start(team: Team, config: Config, task: string): TypedMove<State>;
  /** Leaves `state` as it is and returns a new one: the caller may keep the old. */
  next(state: State, settled: Settled): TypedMove<State>;
}

const place = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, part) => (typeof part === "number" ? `${text}[${part}]` : `${text}.${String(part)}`), "config");

function read<Config, State extends Json>(topology: Topology<Config, State>, team: Team, config: Json): { config: Config } | { problems: string[] } {
  const parsed = topology.config.safeParse(config ?? {});
  if (!parsed.success) return { problems: parsed.error.issues.map((issue) => `${place(issue.path)}: ${issue.message}`) };
  const problems = topology.problems(team, parsed.data);
  return problems.length > 0 ? { problems } : { config: parsed.data };
}

/**
 * The executor of a topology: config and team are checked before anything else happens.
 *
 * @throws OrreryError TOPOLOGY_CONFIG from every method but `check`, naming each problem.
 */
export function executor<Config, State extends Json>(topology: Topology<Config, State>): TopologyExecutor {
  const valid = (team: Team, config: Json): Config => {
    const result = read(topology, team, config);
    if ("config" in result) return result.config;
    throw new OrreryError("TOPOLOGY_CONFIG", `the topology "${topology.id}" cannot run the team "${team.name}": ${result.problems.join("; ")}`, {
      todo: "Correct the named places of the team's topology config.",
    });
  };
  return {
    check: (team, config) => {
      const result = read(topology, team, config);
      return "problems" in result ? result.problems : [];
    },
    predictCalls: (team, config) => topology.predict(team, valid(team, config)),
    edges: (team, config) => topology.edges(team, valid(team, config)),
    start: (team, config, task) => topology.start(team, valid(team, config), task),
    next: (state, settled) => topology.next(state as State, settled),
  };
}
