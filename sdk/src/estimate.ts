import { z } from "zod";
import { nanoUsd } from "./brands.ts";

/** What an agent's answers were taken to be: as its own earlier steps on its model were, as anybody's on that model were, or assumed. */
export const estimateBasis = z.object({ agent: z.string(), from: z.enum(["agent", "model", "assumed"]), steps: z.int().nonnegative() });
export type EstimateBasis = z.infer<typeof estimateBasis>;

/** What a run's calls are expected to take, worked out before the first of them is made. Never a bill. */
export const estimate = z.object({
  /** Tokens of the expected calls: medians where earlier steps say something. */
  inputTokens: z.int().nonnegative(),
  outputTokens: z.int().nonnegative(),
  /** Nano-dollars of the expected calls; absent where a model may be called whose price nobody knows. */
  nano: nanoUsd.optional(),
  /** The same where every step is as long as nine of ten earlier ones were at most; absent where none says anything. */
  usualOutputTokens: z.int().nonnegative().optional(),
  usualNano: nanoUsd.optional(),
  /** Nano-dollars of the most calls, each as long as it may be, with as many rounds of tools as nine of ten earlier steps had at most. */
  mostNano: nanoUsd.optional(),
  /** Models that would be called and whose price nobody knows. */
  unpriced: z.array(z.string()),
  /** What it rests on, an agent at a time; absent in journals of before. */
  basis: z.array(estimateBasis).optional(),
});
export type Estimate = z.infer<typeof estimate>;
