import { expect, test } from "vitest";
import { leastMargin, runSuccess, samplesPerStep, stepSuccess, votesPerStep } from "./margin.ts";

test.each([
  { p: 0.998, steps: 1_048_575, k: 3, votes: 3.01 },
  { p: 0.85, steps: 1_023, k: 6, votes: 8.57 },
  { p: 0.7, steps: 100, k: 9, votes: 22.48 },
  { p: 0.99, steps: 1_023, k: 3, votes: 3.06 },
])("the paper's numbers: p = $p over $steps steps needs k = $k, $votes votes a step", ({ p, steps, k, votes }) => {
  expect(leastMargin(p, steps, 0.95)).toBe(k);
  expect(votesPerStep(p, k)).toBeCloseTo(votes, 2);
  expect(runSuccess(p, k, steps)).toBeGreaterThanOrEqual(0.95);
  expect(runSuccess(p, k - 1, steps)).toBeLessThan(0.95);
});

test("the calls of the paper's two towers: 8,768 for ten disks at p = .85, 3.16 million for twenty at p = .998", () => {
  expect(Math.round(votesPerStep(0.85, 6) * 1_023)).toBe(8_768);
  expect(votesPerStep(0.998, 3) * 1_048_575).toBeCloseTo(3.16e6, -4);
  expect(runSuccess(0.85, 6, 1_023)).toBeCloseTo(0.9696, 4);
});

test("a margin of one is one vote; half of the samples flagged doubles the calls", () => {
  expect([stepSuccess(0.8, 1), votesPerStep(0.8, 1)]).toEqual([expect.closeTo(0.8), expect.closeTo(1)]);
  expect(samplesPerStep(0.85, 6, 0.5)).toBeCloseTo(2 * votesPerStep(0.85, 6));
  expect(leastMargin(1, 1_000_000, 0.99)).toBe(1);
});
