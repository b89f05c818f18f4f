import fc from "fast-check";
import { expect, test } from "vitest";
import { dag } from "../dag/dag.ts";
import { parallel } from "../parallel/parallel.ts";
import { sequential } from "../sequential/sequential.ts";
import { anyTeam, nobodyFails, anyWorld, teamOf } from "./testing/arbitrary.ts";
import { drive, type World } from "./testing/scheduler.ts";
import { executor } from "./topology.ts";

const chain = executor(sequential);
/** Fails the first `times` tries of each step; the error text must never be seen again. */
const failingFirst = (times: number): World => {
  const tries = new Map<string, number>();
  return {
    pick: (waiting) => waiting - 1,
    answer: ({ path, agent }) => {
      const name = path.split("~")[0] ?? path;
      const tried = tries.get(name) ?? 0;
      tries.set(name, tried + 1);
      return tried < times ? { ok: false, text: "", error: { code: "BROKEN", message: "secret" } } : { ok: true, text: `by ${agent}` };
    },
  };
};

test("a failed step is asked again under a path of its own, and what comes after sees that one", async () => {
  const { started, done } = await drive(chain, teamOf("a", "b"), { onAgentFailure: "retry" }, failingFirst(1));
  expect(started.map((step) => [step.path, step.inputs])).toEqual([
    ["r0/a", []],
    ["r0/a~2", []],
    ["r0/b", ["r0/a~2"]],
    ["r0/b~2", ["r0/a~2"]],
  ]);
  expect(done).toEqual({ output: "r0/b~2", failures: [] });
});

test("tries are bounded; then the agent is skipped and listed", async () => {
  const { started, done } = await drive(chain, teamOf("a"), { onAgentFailure: "retry", retries: 2 }, failingFirst(9));
  expect(started.map((step) => step.path)).toEqual(["r0/a", "r0/a~2", "r0/a~3"]);
  expect(done).toEqual({ output: undefined, failures: [{ agent: "a", path: "r0/a", code: "BROKEN", message: "secret" }] });
  expect(await chain.predictCalls(teamOf("a"), { onAgentFailure: "retry", retries: 2 })).toEqual({ min: 1, expected: 1, max: 3 });
});

test("a step that is cancelled while it is tried again is cancelled under the path it has", async () => {
  const wide = executor(parallel);
  const picks = [0, 1];
  const world: World = {
    pick: () => picks.shift() ?? 0,
    answer: ({ agent }) => (agent === "a" ? { ok: false, text: "", error: { code: "BROKEN", message: "secret" } } : { ok: true, text: agent }),
  };
  const { cancelled, done } = await drive(wide, teamOf("a", "b", "c"), { join: "k-of-n", k: 1, reducer: "best", onAgentFailure: "retry" }, world);
  expect(done.output).toBe("r0/c");
  expect(cancelled.sort()).toEqual(["r0/a~2", "r0/b"]);
});

test("in every topology, trying again when nothing fails changes nothing", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(executor(sequential), executor(parallel), executor(dag)), anyTeam, anyWorld(nobodyFails), async (any, team, world) => {
      const order = (observed: Awaited<ReturnType<typeof drive>>) => observed.started.map((step) => [step.path, step.inputs]);
      const world0 = { ...world, pick: () => 0 };
      expect(order(await drive(any, team, { onAgentFailure: "retry" }, world0))).toEqual(order(await drive(any, team, { onAgentFailure: "skip" }, world0)));
    }),
  );
});
