import { citation, type Outcome, type Recalled, type Verdict } from "@orrery/sdk";
import { z } from "zod";
import type { Rememberer, Said } from "./agents.ts";
import { claimsOf } from "./claims.ts";

/** A run as it is remembered. Kept whether it was accepted or not; what was not is never recalled for a task. */
export const episode = z.object({
  id: z.string(),
  run: z.string(),
  workspace: z.string(),
  /** The agent whose memory it is, by its name in its team. */
  agent: z.string().optional(),
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

/** What an agent remembers of what it said. */
export function episodeSaid({ name, asked }: Rememberer, { output, verdicts }: Said, { task }: Outcome, id: string, at: number): Episode {
  const claims = claimsOf(output).slice(0, limits.claims);
  return {
    id,
    run: task.run,
    workspace: task.workspace,
    agent: name,
    task: clip(asked, limits.task),
    summary: summarise(output.text, claims),
    claims,
    judged: meanOf(verdicts),
    status: "accepted",
    at,
  };
}

function meanOf(verdicts: readonly Verdict[]): number {
  const judging = verdicts.filter((verdict) => verdict.decision !== "abstain");
  return judging.length === 0 ? 0 : judging.reduce((sum, verdict) => sum + verdict.score, 0) / judging.length;
}

/** What to remember of an outcome; undefined when there is no output, or the run did not reach its end. */
export function episodeOf(outcome: Outcome, id: string, at: number): Episode | undefined {
  const { output, status, task } = outcome;
  if (!output || (status !== "accepted" && status !== "rejected" && status !== "waiting")) return undefined;
  const claims = claimsOf(output).slice(0, limits.claims);
  return {
    id,
    run: task.run,
    workspace: task.workspace,
    task: clip(task.text, limits.task),
    summary: summarise(output.text, claims),
    claims,
    judged: meanOf(outcome.verdicts),
    status,
    at,
  };
}

/** The episode as plans carry it; `score` is its relevance to what was asked now. */
export const asRecalled = ({ id, run, task, summary, claims, judged, status, at, agent }: Episode, score: number): Recalled => ({
  id,
  run,
  task,
  summary,
  claims,
  judged,
  status,
  score,
  at,
  // Agents' names have no slash, those of teams may.
  ...(agent === undefined ? {} : { agent: agent.slice(agent.lastIndexOf("/") + 1) }),
});
