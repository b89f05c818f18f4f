import { packageLimits } from "@orrery/sdk/package";
import { z } from "zod";

/** A package on its way in. */
export const packed = z
  .base64()
  .max(Math.ceil(packageLimits.packedBytes / 3) * 4 + 4)
  .describe("The package's bytes, base64");
const usd = z.number().nonnegative().max(1_000);
/** What a person agreed to; nothing is granted that is not named. */
export const packageConsent = z.strictObject({
  grant: z.array(z.string().min(1).max(200)).max(100).describe("Capabilities it gets of those it asks for"),
  budget: z.strictObject({ runUsd: usd, dayUsd: usd }).optional().describe("US dollars it may spend on models a run and a day; nothing when absent"),
  unsigned: z.boolean().optional().describe("Agree to one that is not signed"),
  newKey: z.boolean().optional().describe("Agree to another key than the installed one's"),
  force: z.boolean().optional().describe("Agree to an older version, or to other contents under the same number"),
});

export const unpacked = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"));
