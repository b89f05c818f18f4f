import type { CallPrediction, Team } from "@orrery/sdk";
import { z } from "zod";
import { failurePolicy, leadOf, treeProblems } from "../kit/index.ts";

export const hierarchicalConfig = z.strictObject({
  /** Who is at the top; without it who reports to nobody, or the agent who leads. */
  manager: z.string().optional(),
  /** Who reports to whom, by manager: `{lead: [a, b], a: [c, d]}`. Without it everybody reports to the one at the top. */
  reports: z.record(z.string(), z.array(z.string())).optional(),
  /** Times the manager may plan, delegate and integrate. */
  rounds: z.int().min(1).max(20).default(1),
  /** Times a manager may correct a plan that cannot be carried out, in each round. */
  replans: z.int().min(0).max(5).default(1),
  /** Subtasks of one plan at most. */
  subtasks: z.int().min(1).max(64).default(16),
  ...failurePolicy("skip"),
});
export type HierarchicalConfig = z.infer<typeof hierarchicalConfig>;

/** Who is at the top, and who reports to each manager. */
export interface Hierarchy {
  manager: string;
  reports: { [manager: string]: string[] };
}

export function hierarchyOf(team: Team, config: HierarchicalConfig): Hierarchy {
  const ids = team.agents.map((agent) => agent.id);
  if (!config.reports) {
    const manager = config.manager ?? leadOf(team);
    return { manager, reports: { [manager]: ids.filter((id) => id !== manager) } };
  }
  const below = new Set(Object.values(config.reports).flat());
  return { manager: config.manager ?? Object.keys(config.reports).find((id) => !below.has(id)) ?? leadOf(team), reports: config.reports };
}

/** What the schema cannot see of a hierarchical config for this team. */
export function problemsOf(team: Team, config: HierarchicalConfig): string[] {
  const ids = team.agents.map((agent) => agent.id);
  if (config.manager !== undefined && !ids.includes(config.manager))
    return [`config.manager: there is no agent "${config.manager}" (there are: ${ids.join(", ")})`];
  const { manager, reports } = hierarchyOf(team, config);
  const branches = Object.entries(reports).flatMap(([from, below]) => below.map((to) => ({ from, to })));
  const problems = treeProblems(branches, ids, "config.reports", (i) => `config.reports.${branches[i]?.from}`);
  for (const id of Object.keys(reports))
    if (!ids.includes(id) && (reports[id] ?? []).length === 0) problems.push(`config.reports.${id}: there is no agent "${id}" (there are: ${ids.join(", ")})`);
  if (problems.length > 0) return problems;
  const over = branches.find(({ to }) => to === manager)?.from;
  if (over !== undefined) return [`config.manager: "${manager}" reports to "${over}", and who is at the top reports to nobody`];
  return ids.filter((id) => id !== manager && branches.every(({ to }) => to !== id)).map((id) => `config.reports: "${id}" reports to nobody`);
}

/** Calls of one round from this agent down: 1 for a worker; for a manager the plan, its subtasks and the integration. */
export function callsOf({ reports }: Hierarchy, config: HierarchicalConfig, id: string): CallPrediction {
  const below = Object.hasOwn(reports, id) ? reports[id] : undefined;
  if (!below) return { min: 1, expected: 1, max: 1 };
  const each = below.map((worker) => callsOf({ manager: id, reports }, config, worker));
  return {
    min: 2,
    expected: 2 + each.reduce((sum, calls) => sum + calls.expected, 0),
    max: 2 + config.replans + config.subtasks * Math.max(0, ...each.map((calls) => calls.max)),
  };
}
