import type { Json } from "@orrery/kernel";
import type { AgentSpec, Team } from "../team.ts";
import type { CallPrediction, Dispatch, Settled } from "../topology.ts";
import type { Choices } from "./random.ts";

/** What a scripted agent answers. `text` holds `mark` wherever others must be able to show that they saw it. */
export type Script = (dispatch: Dispatch, mark: string, view: string) => Pick<Settled, "text" | "data" | "score">;

/** One experiment: a team, a config, and agents that answer by a script. */
export interface Scene {
  /** Told with a failure, as `"4 agents, 2 laps"`. */
  label: string;
  team: Team;
  config: Json;
  task: string;
  /** By default an agent answers with its mark and nothing else, so that no two answers are alike. */
  script?: Script;
  /** Whatever settles first, the same is seen and the same comes out. True when absent. */
  orderFree?: boolean;
  /** The calls this scene comes to when nobody fails; the prediction's bounds must hold them in any case. */
  calls?: number;
  /** What the prediction must say, by the specification's formula. */
  predicted?: Partial<CallPrediction>;
  /** What a row's own claims need to know of this scene. */
  facts?: { readonly [name: string]: Json };
}

/** A sentence of the specification, and whether one run of one scene keeps it. */
export interface Claim {
  name: string;
  /** Throws with what was found instead. */
  check(observed: Observed, scene: Scene): void;
}

/** A topology's row of the specification. */
export interface Row {
  id: string;
  scenes(agents: number, choose: Choices): Scene[];
  /** Held in every scene, with nobody failing, in any order of settlement. */
  claims: Claim[];
  /** A config of this row that no topology may take, each with what is wrong with it. */
  refused?(team: Team): { config: Json; because: string }[];
}

/** One agent invocation as its agent lived it. */
export interface Step {
  dispatch: Dispatch;
  /** Everything it was shown: task, instruction, and the texts of `inputs` and `given`. */
  view: string;
  /** Paths of the steps it saw something of, by `inputs` or by a mark in its view, in the order they settled. */
  sees: string[];
  /** Paths that had settled well when it was dispatched, and the settlement that caused it. */
  after: string[];
  cause: string | undefined;
}
export interface Observed {
  steps: Step[];
  settled: Settled[];
  cancelled: string[];
  done: {
    output: string | undefined;
    text?: string;
    failures: { agent: string; path: string; code: string; message: string }[];
    facts?: { [name: string]: Json };
  };
  /** The text the run came to; undefined when it came to none. */
  outcome: string | undefined;
}

/** Throws what a claim found. */
export function hold(holds: boolean, found: string | (() => string)): asserts holds {
  if (!holds) throw new Error(typeof found === "string" ? found : found());
}

const skills = ["research", "check", "write", "critique", "summarise", "compare", "plan", "vote", "judge", "something-else"];

/** A team of `agents` with ids `a0`, `a1` … and any skills. */
export function teamOf(agents: number, choose: Choices): Team {
  const agent = (_: unknown, i: number): AgentSpec => ({ id: `a${i}`, role: `Agent ${i}`, prompt: "", skill: choose.of(skills), tools: [] });
  return { name: `${agents} agents`, agents: Array.from({ length: agents }, agent) };
}

export const idsOf = (team: Team): string[] => team.agents.map(({ id }) => id);
/** Members in any order. */
export const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && [...a].sort().join("\n") === [...b].sort().join("\n");
