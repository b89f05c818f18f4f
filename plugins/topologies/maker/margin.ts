/**
 * The mathematics of first-to-ahead-by-k voting (MAKER, arXiv 2511.09030). `p` is how often a vote is for the right answer rather than for the runner-up;
 * everything here needs p > ½: below it voting makes things worse, and no margin helps.
 */

/** The chance that the right answer is first to be `k` votes ahead: 1 / (1 + ((1−p)/p)^k). */
export const stepSuccess = (p: number, k: number): number => 1 / (1 + ((1 - p) / p) ** k);

/** The chance that every one of `steps` steps is right. */
export const runSuccess = (p: number, k: number, steps: number): number => stepSuccess(p, k) ** steps;

/** The least margin with which all `steps` steps are right with the chance `target`: ⌈ln(t^(−1/s) − 1) / ln((1−p)/p)⌉, one step an agent. */
export function leastMargin(p: number, steps: number, target: number): number {
  if (p >= 1) return 1;
  // expm1 keeps the digits of t^(−1/s) − 1 where s is large and the difference tiny.
  return Math.max(1, Math.ceil(Math.log(Math.expm1(-Math.log(target) / steps)) / Math.log((1 - p) / p)));
}

/** Counted votes a step takes on average: k·(2a−1)/(2p−1). */
export const votesPerStep = (p: number, k: number): number => (k * (2 * stepSuccess(p, k) - 1)) / (2 * p - 1);

/** Samples a step takes on average where the share `unflagged` of them counts. */
export const samplesPerStep = (p: number, k: number, unflagged: number): number => votesPerStep(p, k) / unflagged;
