import type { Estimate } from "@orrery/sdk";
import { nanoMoney } from "./format.ts";

/** Tokens that calls are expected to take. */
export const estimatedTokens = ({ inputTokens, outputTokens }: Pick<Estimate, "inputTokens" | "outputTokens">): string =>
  `${inputTokens.toLocaleString("en")} in, ${outputTokens.toLocaleString("en")} out`;

/** Their money; of models whose price nobody knows, that. */
export function estimatedMoney({ nano, mostNano, unpriced }: Estimate): string {
  if (nano === undefined) return `unknown: nobody knows the price of ${unpriced.join(", ")}`;
  return mostNano === undefined || mostNano === 0 ? nanoMoney(nano) : `${nanoMoney(nano)}, ${nanoMoney(mostNano)} at most`;
}
