import { json } from "@orrery/sdk";
import { z } from "zod";

const name = z.string().min(1).max(200);
/** A change of a plugin's settings. */
export const settingsChange = z.strictObject({
  set: z.record(name, json).optional().describe("Settings and their new values"),
  unset: z.array(name).max(1_000).optional().describe("Settings that are taken back to their defaults"),
  others: z.literal("unset").optional().describe("Everything that was set and is not named goes"),
});
const usd = z.number().nonnegative().max(1_000).optional();
/** Sums that a plugin may spend from now on; what is absent stays. */
export const budgetChange = z.strictObject({
  runUsd: usd.describe("US dollars it may spend on models a run"),
  dayUsd: usd.describe("… and a day"),
});
