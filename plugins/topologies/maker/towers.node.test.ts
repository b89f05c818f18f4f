import { expect, test } from "vitest";
import { runSuccess, votesPerStep } from "./margin.ts";
import { playHanoi } from "./testing/hanoi.ts";

/** 2,000 in `npm run soak`. */
const runs = Number(process.env["ORRERY_TOWERS"] ?? 300);

test("ten disks, 1,023 moves, p = .85: the margin is 6, the share of runs without one error and the calls are as the theory says", { timeout: 900_000 }, () => {
  const { perfect, calls, k } = playHanoi({ disks: 10, p: 0.85, runs, seed: 11 });
  const share = runSuccess(0.85, 6, 1_023);
  expect(k).toBe(6);
  expect(Math.abs(perfect / runs - share)).toBeLessThanOrEqual(3 * Math.sqrt((share * (1 - share)) / runs));
  const theory = votesPerStep(0.85, 6) * 1_023;
  expect(Math.abs(calls / runs - theory) / theory).toBeLessThanOrEqual(0.03);
});
