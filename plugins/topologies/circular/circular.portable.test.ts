import fc from "fast-check";
import { expect, test } from "vitest";
import { executor } from "../kit/index.ts";
import { anyTeam, teamOf } from "../kit/testing/arbitrary.ts";
import { drive } from "../kit/testing/scheduler.ts";
import { anyVoices, claimFailures, inOrder } from "../kit/testing/voices.ts";
import { circular } from "./circular.ts";

const ring = executor(circular);

test("one at a time, lap after lap, each sees what its predecessor made last and nothing else", async () => {
  await fc.assert(
    fc.asyncProperty(anyTeam, fc.integer({ min: 1, max: 5 }), anyVoices(true), async (team, laps, world) => {
      const observed = await drive(ring, team, { laps }, world);
      const { started, settled, done } = observed;
      const ids = team.agents.map((agent) => agent.id);
      const current = new Map<string, string>();
      started.forEach((step, i) => {
        expect([step.agent, step.round]).toEqual([ids[i % ids.length], Math.floor(i / ids.length)]);
        const before = current.get(ids[(i - 1 + ids.length) % ids.length] ?? "");
        expect(step.inputs).toEqual(before === undefined ? [] : [before]);
        if (settled[i]?.ok) current.set(step.agent, step.path);
      });
      claimFailures(observed);
      expect(done.output).toBe(settled.filter((one) => one.ok).at(-1)?.path);
      expect(started).toHaveLength(ids.length * Number(done.facts?.["laps"]));
      expect(await ring.predictCalls(team, { laps })).toEqual({ min: ids.length * Math.min(laps, 2), expected: ids.length * laps, max: ids.length * laps });
      if (done.facts?.["stop"] === "laps") expect(started).toHaveLength(ids.length * laps);
    }),
  );
});

test("the first lap that changes nothing ends it, and one that changes anything does not", async () => {
  const said: Record<string, string[]> = { a: ["one", "two", "Two."], b: ["two", "two", "two"] };
  const world = inOrder(({ agent, round }) => ({ ok: true, text: said[agent]?.[round] ?? "" }));
  const { started, done } = await drive(ring, teamOf("a", "b"), { laps: 9 }, world);
  expect(started).toHaveLength(6);
  expect(done).toEqual({ output: "r2/b", failures: [], facts: { laps: 3, stop: "no change", similarity: "text" } });
});

test("what is heard goes around the ring, and back to the start from the second lap on", async () => {
  const team = teamOf("a", "b", "c");
  expect(await ring.edges(team, { laps: 1 })).toEqual([
    { from: "a", to: "b" },
    { from: "b", to: "c" },
  ]);
  expect(await ring.edges(team, {})).toContainEqual({ from: "c", to: "a" });
  expect(await ring.edges(teamOf("a"), {})).toEqual([]);
});

test("a number of laps that cannot be is refused with its place", () => {
  expect(ring.check(teamOf("a"), { laps: 0 })).toEqual([expect.stringContaining("config.laps: ")]);
});
