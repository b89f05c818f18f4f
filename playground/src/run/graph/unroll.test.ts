import { expect, it } from "vitest";
import type { StepView } from "../run-view.ts";
import { layout } from "./layout.ts";
import { unroll } from "./unroll.ts";

const step = (path: string, agent: string, inputs: string[]): StepView => ({
  ...{ path, agent, inputs, state: "done", role: "", skill: "", attempt: 1, round: 0 },
  ...{ recalled: [], feedback: [], asked: undefined, text: "", nano: 0, copied: false, startedAt: 0 },
});

it("shows a layer after a layer, though the same agents are in each", () => {
  const first = ["r0/a", "r0/b"];
  const second = ["r1/a", "r1/b"];
  const steps = [...first.map((path) => step(path, path.slice(3), [])), ...second.map((path) => step(path, path.slice(3), first)), step("r2/a", "a", second)];
  const { agents, edges } = unroll(steps);
  const ids = agents.map(({ id }) => id);
  const { places } = layout("mixture-of-agents", {}, ids, edges, 900);
  const columns = [first, second, ["r2/a"]].map((paths) => new Set(paths.map((path) => places.get(path)?.x)));
  expect(columns.map(({ size }) => size)).toEqual([1, 1, 1]);
  const [a = 0, b = 0, c = 0] = columns.map((xs) => [...xs][0] ?? Number.NaN);
  expect(a < b && b < c).toBe(true);
});
