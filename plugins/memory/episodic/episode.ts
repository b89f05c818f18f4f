import { citation, type Outcome, type Recalled } from "@orrery/sdk";
import { z } from "zod";
import { claimsOf } from "./claims.ts";

/** A run as it is remembered. Kept whether it was accepted or not; what was not is never recalled for a task. */
export const episode = z.object({
  id: z.string(),
  run: z.string(),
  workspace: z.string(),
  task: z.string(),
  summary: z.string(),
  claims: z.array(citation),
  judged: z.number(),
  status: z.enum(["accepted", "rejected", "waiting"]),
  at: z.number(),
  /** The task's direction: a normalised vector, each member × 127 and rounded, in base64; comparable with the same model's only. */
  vector: z.object({ model: z.string(), data: z.string() }).optional(),
});
export type Episode = z.infer<typeof episode>;

const limits = { claims: 40, summary: 600, task: 4_000 };
const clip = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`);

/** The first sentences the run verified; the beginning of its text, without marks, where nothing is cited. */
function summarise(text: string, claims: Episode["claims"]): string {
  if (claims.length > 0)
    return clip(
      claims
        .slice(0, 3)
        .map((claim) => claim.text)
        .join(" "),
      limits.summary,
    );
  const plain = text
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join(" ")
    .replace(/[*_`>]+/g, "")
    .replace(/\s+/g, " ")
    .trim();
  return clip(plain, limits.summary);
}

/** What to remember of an outcome; undefined when there is no output, or the run did not reach its end. */
export function episodeOf(outcome: Outcome, id: string, at: number): Episode | undefined {
  const { output, status, task } = outcome;
  if (!output || (status !== "accepted" && status !== "rejected" && status !== "waiting")) return undefined;
  const claims = claimsOf(output).slice(0, limits.claims);
  const judging = outcome.verdicts.filter((verdict) => verdict.decision !== "abstain");
  const judged = judging.length === 0 ? 0 : judging.reduce((sum, verdict) => sum + verdict.score, 0) / judging.length;
  return {
    id,
    run: task.run,
    workspace: task.workspace,
    task: clip(task.text, limits.task),
    summary: summarise(output.text, claims),
    claims,
    judged,
    status,
    at,
  };
}

/** The episode as plans carry it; `score` is its relevance to what was asked now. */
export const asRecalled = ({ id, run, task, summary, claims, judged, status, at }: Episode, score: number): Recalled => ({
  id,
  run,
  task,
  summary,
  claims,
  judged,
  status,
  score,
  at,
});
