import type { Retention } from "@orrery/sdk";
import { z } from "zod";
import type { Settings } from "../settings/schema.ts";

/** `POST /api/runs/prune`, and the socket's `pruneRuns`. */
export const retention = z.strictObject({
  olderThanMs: z.number().nonnegative().optional().describe("Those that ended longer ago"),
  keep: z.int().nonnegative().optional().describe("Those beyond the newest so many"),
  bytes: z.number().nonnegative().optional().describe("In any case, those beyond the newest that have room in so many bytes; the newest stays"),
  dryRun: z.boolean().optional().describe("Say which, and take nothing out"),
});

const dayMs = 86_400_000;
const megabyte = 1_000_000;

/** What the settings say of runs that are over. */
export const retentionOf = ({ retention: { days, keep, megabytes } }: Pick<Settings, "retention">): Retention => ({
  ...(days === undefined ? {} : { olderThanMs: days * dayMs }),
  ...(keep === undefined ? {} : { keep }),
  ...(megabytes === undefined ? {} : { bytes: megabytes * megabyte }),
});
