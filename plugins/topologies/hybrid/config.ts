import type { Team } from "@orrery/sdk";
import { z } from "zod";
import { failurePolicy } from "../kit/index.ts";

export const patterns = ["sanitize-and-solve", "plan-then-ground", "escalate-on-hard", "draft-then-refine", "cross-check"] as const;

export const hybridConfig = z.strictObject({
  pattern: z.enum(patterns).default("sanitize-and-solve"),
  /** Who is asked on this machine only; the team's last agent when absent. */
  local: z.string().optional(),
  /** Who may be asked elsewhere, and sees redacted text only; the team's first agent when absent. */
  cloud: z.string().optional(),
  /** What is done with a type of span (`EMAIL`, `CARD`, `NAME` …): taken out, or the whole task kept here, or let through. */
  types: z.record(z.string().regex(/^[A-Z]+$/), z.enum(["redact", "local", "cloud"])).default({}),
  /** For a type that is not listed. */
  otherwise: z.enum(["redact", "local"]).default("redact"),
  /** Words that are private whoever reads them, as a project's name: type `TAINTED`. What the task holds between `<private>` and `</private>` is too. */
  taint: z.array(z.string().min(2).max(500)).max(1_000).default([]),
  /** `escalate-on-hard`: a local answer judged below this is hard, 0–1. */
  escalateBelow: z.number().min(0).max(1).default(0.6),
  ...failurePolicy("skip"),
});
export type HybridConfig = z.infer<typeof hybridConfig>;

export const sidesOf = (team: Team, config: HybridConfig): { local: string; cloud: string } => ({
  local: config.local ?? team.agents.at(-1)?.id ?? "",
  cloud: config.cloud ?? team.agents[0]?.id ?? "",
});

/** What the schema cannot see of a hybrid config for this team. */
export function problemsOf(team: Team, config: HybridConfig): string[] {
  const ids = team.agents.map(({ id }) => id);
  return (["local", "cloud"] as const).flatMap((side) => {
    const id = config[side];
    return id === undefined || ids.includes(id) ? [] : [`config.${side}: there is no agent "${id}" (there are: ${ids.join(", ")})`];
  });
}

/** Which types must not leave as they are. */
export const isPrivate = ({ types }: Pick<HybridConfig, "types">, type: string): boolean => types[type] !== "cloud";
export const staysHere = ({ types, otherwise }: Pick<HybridConfig, "types" | "otherwise">, type: string): boolean => (types[type] ?? otherwise) === "local";
