import { token } from "@orrery/kernel";
import { z } from "zod";
import type { NanoUsd } from "./brands.ts";
import type { ModelResponse } from "./model.ts";
import { origin } from "./step.ts";
import { spending } from "./task.ts";

/** What a call may cost at most, asked of `budget.reserve` before it is made. Token figures are upper bounds. */
export const callEstimate = z.object({
  /** The reservation's id; settle or release it with the ledger. */
  reservation: z.string(),
  origin,
  kind: z.enum(["model", "tool"]),
  model: z.string(),
  paid: z.boolean(),
  inputTokens: z.int().nonnegative(),
  outputTokens: z.int().nonnegative(),
  spending,
});
export type CallEstimate = z.infer<typeof callEstimate>;

export interface CostTotals {
  nano: NanoUsd;
  calls: number;
  inputTokens: number;
  outputTokens: number;
  callsByAgent: Record<string, number>;
  byAgent: Record<string, NanoUsd>;
  byPlugin: Record<string, NanoUsd>;
  byStep: Record<string, NanoUsd>;
  byModel: Record<string, NanoUsd>;
}

export interface Ledger {
  /** Books what a reserved call really cost and frees the rest. Idempotent by reservation. */
  settle(reservation: string, response: ModelResponse): Promise<{ nano: NanoUsd; source: string }>;
  /**
   * Frees a reservation whose call was not made, or was made and certainly not billed. Idempotent.
   * `maybeBilled`: it broke off, and nobody knows its price: what was reserved stays committed to the run and the day.
   */
  release(reservation: string, options?: { maybeBilled?: boolean }): Promise<void>;
  totals(run: string): Promise<CostTotals>;
  /** What a reservation holds; undefined for a free call or an unknown one. */
  reserved(reservation: string): Promise<NanoUsd | undefined>;
  /** Settled and reserved nano-dollars of a run: never above its cap. */
  committed(run: string): Promise<NanoUsd>;
  /** What so many tokens would cost on a model; undefined when the catalogue has no price. */
  price(model: string, inputTokens: number, outputTokens: number): Promise<NanoUsd | undefined>;
  /** What a plugin may spend on questions of its own, in a run and on a day (UTC), and what of today's is spent or reserved. */
  allowance(plugin: string): Promise<{ runNano: NanoUsd; dayNano: NanoUsd; spentNano: NanoUsd }>;
  day(): Promise<{ spentNano: NanoUsd; capNano: NanoUsd }>;
}
export const Ledger = token<Ledger>("orrery.ledger@1");
