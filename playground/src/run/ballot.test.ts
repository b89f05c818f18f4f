import { expect, it } from "vitest";
import type { Turn } from "./agent-view.ts";
import { cellsOf, votesOf } from "./ballot.ts";
import type { StepState, StepView } from "./run-view.ts";

const sample = (state: StepState, text = ""): StepView => ({
  ...{ path: "s0/v0", agent: "a", role: "", skill: "", attempt: 1, round: 0, state, text },
  ...{ inputs: [], recalled: [], feedback: [], asked: undefined, nano: 0, copied: false, startedAt: 0 },
});
const turn = (...steps: StepView[]): Turn => ({ name: "round", steps });

it("draws a thousand steps in at most as many cells as can be seen, and loses none", () => {
  const cells = cellsOf(
    Array.from({ length: 1_000 }, () => turn(sample("done"))),
    240,
  );
  expect(cells.length).toBeLessThanOrEqual(240);
  expect(cells.reduce((sum, { from, to }) => sum + to - from + 1, 0)).toBe(1_000);
});

it("shows in a cell what is under way before what is wrong before what is done", () => {
  expect(cellsOf([turn(sample("done")), turn(sample("running")), turn(sample("failed"))], 1)[0]?.state).toBe("running");
  expect(cellsOf([turn(sample("done")), turn(sample("failed"))], 1)[0]?.state).toBe("failed");
});

it("takes a step with a sample thrown away and another counted for done", () => {
  expect(cellsOf([turn(sample("failed"), sample("done"), sample("cancelled"))], 9)[0]?.state).toBe("done");
});

it("counts votes by answer, whatever the white space, and only those that came to an end", () => {
  expect(votesOf(turn(sample("done", "B"), sample("done", "A  b"), sample("done", " A b\n"), sample("running", "B")))).toEqual([
    { answer: "A  b", votes: 2 },
    { answer: "B", votes: 1 },
  ]);
});
