import { z } from "zod";
import { nanoUsd } from "./brands.ts";

/** What a run's calls are expected to take, worked out before the first of them is made. Never a bill. */
export const estimate = z.object({
  /** Tokens of the expected calls. */
  inputTokens: z.int().nonnegative(),
  outputTokens: z.int().nonnegative(),
  /** Nano-dollars of the expected calls; absent where a model may be called whose price nobody knows. */
  nano: nanoUsd.optional(),
  /** The same of the most calls, each as long as it may be. */
  mostNano: nanoUsd.optional(),
  /** Models that would be called and whose price nobody knows. */
  unpriced: z.array(z.string()),
});
export type Estimate = z.infer<typeof estimate>;
