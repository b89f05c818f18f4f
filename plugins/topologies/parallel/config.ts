import type { Team } from "@orrery/sdk";
import { z } from "zod";
import { bringsTogether, failurePolicy } from "../kit/index.ts";

const reducer = z.union([z.enum(["concat", "vote", "best"]), z.strictObject({ agent: z.string() })], {
  error: 'write "concat", "vote", "best" or {"agent": "<id>"}',
});
export type Reducer = z.infer<typeof reducer>;

export const parallelConfig = z.strictObject({
  /** When the answers are in: all of them, the first `k` good ones, or the first one accepted. */
  join: z.enum(["all", "k-of-n", "first-accepted"]).default("all"),
  k: z.int().min(1).optional(),
  /** Judges' mean from which `first-accepted` takes an answer, 0–1. An answer nobody judged is taken. */
  acceptAt: z.number().min(0).max(1).default(0.5),
  /** Without one: the team's last agent where its skill is to bring answers together, else `concat`. */
  reducer: reducer.optional(),
  ...failurePolicy("skip"),
});
export type ParallelConfig = z.infer<typeof parallelConfig>;

/** Who works at the same time, and what makes one outcome of it. */
export function shape(team: Team, config: ParallelConfig): { workers: string[]; reducer: Reducer } {
  const ids = team.agents.map((agent) => agent.id);
  const last = team.agents.at(-1);
  let reducer: Reducer = config.reducer ?? "concat";
  if (!config.reducer && config.join !== "first-accepted" && last && ids.length > 1 && bringsTogether(last)) reducer = { agent: last.id };
  return { workers: typeof reducer === "object" ? ids.filter((id) => id !== reducer.agent) : ids, reducer };
}

/** What the schema cannot see of a parallel config for this team. */
export function problemsOf(team: Team, config: ParallelConfig): string[] {
  const problems: string[] = [];
  const { workers, reducer } = shape(team, config);
  if (typeof reducer === "object" && !team.agents.some((agent) => agent.id === reducer.agent))
    problems.push(`config.reducer.agent: there is no agent "${reducer.agent}" (there are: ${team.agents.map((agent) => agent.id).join(", ")})`);
  else if (workers.length === 0) problems.push("config.reducer.agent: with one agent there is nobody whose answer it could reduce");
  if (config.join === "k-of-n" && config.k === undefined) problems.push('config.k: the join "k-of-n" needs it');
  if (config.join !== "k-of-n" && config.k !== undefined) problems.push(`config.k: the join "${config.join}" has no use for it`);
  if (config.k !== undefined && workers.length > 0 && config.k > workers.length)
    problems.push(`config.k: ${config.k} answers of ${workers.length} agents cannot be`);
  if (config.join === "first-accepted" && config.reducer !== undefined)
    problems.push('config.reducer: "first-accepted" takes one answer, there is nothing to reduce');
  return problems;
}
