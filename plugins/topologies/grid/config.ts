import type { Team } from "@orrery/sdk";
import { z } from "zod";
import { type Cell, failurePolicy, similarity } from "../kit/index.ts";
import { neighboursOf } from "./cells.ts";

const reduce = z.union([z.enum(["vote", "concat", "best"]), z.strictObject({ agent: z.string() })], {
  error: 'write "vote", "concat", "best" or {"agent": "<id>"}',
});
export type Reduce = z.infer<typeof reduce>;

export const gridConfig = z.strictObject({
  /** `cells`: an agent a cell, all on the task. `matrix`: agents across, `tasks` down, a cell for each of both. */
  mode: z.enum(["cells", "matrix"]).default("cells"),
  /** Columns of the cells; without it as square as can be. */
  columns: z.int().min(1).optional(),
  /** The rows of a matrix. */
  tasks: z.array(z.string().min(1)).min(1).max(64).optional(),
  /** The corners are neighbours too. */
  moore: z.boolean().default(false),
  /** The edges meet. */
  torus: z.boolean().default(false),
  /** Rounds after the first; 2 for cells, none for a matrix, unless set. */
  rounds: z.int().min(0).max(20).optional(),
  /** What makes one of each row, and then one of the rows. A matrix's rows are put one after another by `vote` and `best`. */
  reduce: reduce.default("vote"),
  similarity,
  ...failurePolicy("skip"),
});
export type GridConfig = z.infer<typeof gridConfig>;

/** The grid laid out: its cells in reading order and how many a row has. */
export interface Layout {
  cells: Cell[];
  columns: number;
  rows: number;
  rounds: number;
}

export function layoutOf(team: Team, config: GridConfig): Layout {
  const ids = team.agents.map((agent) => agent.id);
  const matrix = config.mode === "matrix";
  const columns = matrix ? ids.length : (config.columns ?? Math.ceil(Math.sqrt(ids.length)));
  const places = matrix
    ? (config.tasks ?? []).flatMap((task, row) => ids.map((agent) => ({ id: `${agent}.t${row + 1}`, agent, task })))
    : ids.map((agent) => ({ id: agent, agent, task: null }));
  const cells = places.map((place, at) => ({
    ...place,
    sees: neighboursOf(at, places.length, columns, config).map((other) => places[other]?.id ?? ""),
  }));
  return { cells, columns, rows: Math.ceil(cells.length / columns), rounds: config.rounds ?? (matrix ? 0 : 2) };
}

/** What the schema cannot see of a grid config for this team. */
export function problemsOf(team: Team, { mode, tasks, columns, reduce }: GridConfig): string[] {
  const ids = team.agents.map((agent) => agent.id);
  const problems: string[] = [];
  if (mode === "matrix" && !tasks) problems.push('config.tasks: the mode "matrix" needs them');
  if (mode !== "matrix" && tasks) problems.push('config.tasks: only the mode "matrix" has a use for them');
  if (mode === "matrix" && columns !== undefined) problems.push("config.columns: a matrix has a column for each agent");
  if (mode === "cells" && columns !== undefined && columns > ids.length) problems.push(`config.columns: ${columns} columns for ${ids.length} agents cannot be`);
  if (typeof reduce === "object" && !ids.includes(reduce.agent))
    problems.push(`config.reduce.agent: there is no agent "${reduce.agent}" (there are: ${ids.join(", ")})`);
  return problems;
}
