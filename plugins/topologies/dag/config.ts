import type { Team } from "@orrery/sdk";
import { z } from "zod";
import { failurePolicy } from "../kit/index.ts";
import { condition } from "./condition.ts";

const edge = z.strictObject({ from: z.string(), to: z.string(), when: condition.optional() });
export type Edge = z.infer<typeof edge>;

const node = z.strictObject({
  /** When the node starts: every open edge's parent is done, the first one is, `k` are, or all have ended and at least one is done. */
  join: z.enum(["all", "any", "k", "settled"]).optional(),
  k: z.int().min(1).optional(),
  /** What this node's failure does in the end: end the run, or skip what depends on it. */
  onFailure: z.enum(["fail", "skip"]).optional(),
});

export const dagConfig = z.strictObject({
  /** Without any: agents are staged by skill, each stage hearing the whole stage before it. */
  edges: z.array(edge).optional(),
  nodes: z.record(z.string(), node).default({}),
  /** For every node that does not say otherwise. */
  join: z.enum(["all", "any", "settled"]).default("all"),
  ...failurePolicy("fail"),
});
export type DagConfig = z.infer<typeof dagConfig>;

const stages: readonly (readonly string[])[] = [
  ["plan", "research"],
  ["check", "critique", "compare"],
  ["write", "summarise", "vote", "judge"],
];

/** The edges as declared, or by skill: finding out → checking → writing, all to all between consecutive stages there are. Another skill counts as finding out. */
export function edgesOf(team: Team, config: DagConfig): Edge[] {
  if (config.edges) return config.edges;
  const staged: string[][] = stages.map(() => []);
  for (const agent of team.agents)
    staged[
      Math.max(
        0,
        stages.findIndex((skills) => skills.includes(agent.skill)),
      )
    ]?.push(agent.id);
  const present = staged.filter((stage) => stage.length > 0);
  return present.slice(1).flatMap((stage, i) => (present[i] ?? []).flatMap((from) => stage.map((to) => ({ from, to }))));
}

/** A circle in the edges as its path, first node repeated at the end; undefined when there is none. */
export function cycleIn(nodes: readonly string[], edges: readonly Edge[]): string[] | undefined {
  const state = new Map<string, "open" | "done">();
  const path: string[] = [];
  const visit = (node: string): string[] | undefined => {
    if (state.get(node) === "done") return undefined;
    if (state.get(node) === "open") return [...path.slice(path.indexOf(node)), node];
    state.set(node, "open");
    path.push(node);
    for (const edge of edges) {
      if (edge.from !== node) continue;
      const found = visit(edge.to);
      if (found) return found;
    }
    path.pop();
    state.set(node, "done");
    return undefined;
  };
  for (const node of nodes) {
    const found = visit(node);
    if (found) return found;
  }
  return undefined;
}

/** What the schema cannot see of a dag config for this team. */
export function problemsOf(team: Team, config: DagConfig): string[] {
  const ids = team.agents.map((agent) => agent.id);
  const edges = edgesOf(team, config);
  const problems: string[] = [];
  const seen = new Set<string>();
  const known = (id: string, where: string): void => {
    if (!ids.includes(id)) problems.push(`${where}: there is no agent "${id}" (there are: ${ids.join(", ")})`);
  };
  edges.forEach((edge, i) => {
    known(edge.from, `config.edges[${i}].from`);
    known(edge.to, `config.edges[${i}].to`);
    const name = `${edge.from} → ${edge.to}`;
    if (seen.has(name)) problems.push(`config.edges[${i}]: the edge ${name} is there twice`);
    seen.add(name);
  });
  for (const [id, node] of Object.entries(config.nodes)) {
    const where = `config.nodes.${id}`;
    known(id, where);
    const parents = edges.filter((edge) => edge.to === id).length;
    if (node.join === "k" && node.k === undefined) problems.push(`${where}.k: the join "k" needs it`);
    if (node.join !== "k" && node.k !== undefined) problems.push(`${where}.k: only the join "k" has a use for it`);
    if (node.k !== undefined && node.join === "k" && node.k > parents) problems.push(`${where}.k: ${node.k} of ${parents} parents cannot be`);
  }
  const cycle = problems.length === 0 ? cycleIn(ids, edges) : undefined;
  if (cycle) problems.push(`config.edges: they go in a circle: ${cycle.join(" → ")}`);
  return problems;
}
