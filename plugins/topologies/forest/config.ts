import type { AgentSpec, Team } from "@orrery/sdk";
import { z } from "zod";
import { childrenOf, failurePolicy, leadOf, rootsOf, treeProblems } from "../kit/index.ts";

const merge = z.union([z.enum(["concat", "best", "vote"]), z.strictObject({ agent: z.string() })], {
  error: 'write "concat", "best", "vote" or {"agent": "<id>"}',
});
export type Merge = z.infer<typeof merge>;

export const forestConfig = z.strictObject({
  /** From the one above to the one below. Without any, every agent is a tree of its own. */
  edges: z.array(z.strictObject({ from: z.string(), to: z.string() })).default([]),
  /** What an agent, or the tree below it, is for; else its role and focus, and those of all below it. */
  about: z.record(z.string(), z.string().min(1)).default({}),
  /** Trees that work at most; 2 unless set. */
  top: z.int().min(1).optional(),
  router: z
    .strictObject({
      by: z.enum(["words", "embedding"]).default("words"),
      /** Score from which a tree is chosen, 0–1: 0.2 by words and 0.4 by embedding unless set. */
      threshold: z.number().min(0).max(1).optional(),
    })
    .prefault({}),
  /** The root of the tree that works when none reaches the threshold; without it that of the agent who leads. */
  fallback: z.string().optional(),
  /** What makes one of several trees' results. An agent who merges is in no tree. */
  merge: merge.default("concat"),
  ...failurePolicy("skip"),
});
export type ForestConfig = z.infer<typeof forestConfig>;

/** The trees as declared, without the agent who merges. */
export interface Forest {
  agents: AgentSpec[];
  roots: string[];
  top: number;
  fallback: string;
}

export function forestOf(team: Team, { edges, top, fallback, merge }: ForestConfig): Forest {
  const agents = team.agents.filter(({ id }) => typeof merge !== "object" || id !== merge.agent);
  const roots = rootsOf(
    edges,
    agents.map((agent) => agent.id),
  );
  const lead = leadOf({ ...team, agents });
  return { agents, roots, top: Math.min(top ?? 2, roots.length), fallback: fallback ?? rootOf(edges, lead) };
}

function rootOf(edges: ForestConfig["edges"], id: string): string {
  const above = edges.find((edge) => edge.to === id);
  return above ? rootOf(edges, above.from) : id;
}

/** What an agent and all below it are for. */
export function textOf(config: ForestConfig, agents: readonly AgentSpec[], id: string): string {
  if (Object.hasOwn(config.about, id)) return config.about[id] ?? "";
  const agent = agents.find((one) => one.id === id);
  return [agent?.role, agent?.focus, ...childrenOf(config.edges, id).map((child) => textOf(config, agents, child))].filter(Boolean).join(". ");
}

/** Agents on the longest way down from here, this one included. */
export const depthOf = (edges: ForestConfig["edges"], id: string, pick: (depths: number[]) => number): number => {
  const below = childrenOf(edges, id).map((child) => depthOf(edges, child, pick));
  return 1 + (below.length === 0 ? 0 : pick(below));
};

/** What the schema cannot see of a forest config for this team. */
export function problemsOf(team: Team, config: ForestConfig): string[] {
  const ids = team.agents.map((agent) => agent.id);
  const problems = treeProblems(config.edges, ids, "config.edges");
  const known = (id: string, where: string): boolean => {
    if (ids.includes(id)) return true;
    problems.push(`${where}: there is no agent "${id}" (there are: ${ids.join(", ")})`);
    return false;
  };
  for (const id of Object.keys(config.about)) known(id, `config.about.${id}`);
  const { merge, fallback, top } = config;
  if (typeof merge === "object" && known(merge.agent, "config.merge.agent")) {
    if (config.edges.some(({ from, to }) => from === merge.agent || to === merge.agent))
      problems.push(`config.merge.agent: "${merge.agent}" is in a tree, and who merges is in none`);
    if (ids.length === 1) problems.push("config.merge.agent: with one agent there is no tree whose result it could merge");
  }
  if (problems.length > 0) return problems;
  const { roots } = forestOf(team, config);
  if (fallback !== undefined && known(fallback, "config.fallback") && !roots.includes(fallback))
    problems.push(`config.fallback: "${fallback}" is no root (these are: ${roots.join(", ")})`);
  if (top !== undefined && top > roots.length) problems.push(`config.top: ${top} of ${roots.length} trees cannot be`);
  return problems;
}
