import fc from "fast-check";
import { expect, test } from "vitest";
import { executor } from "../kit/index.ts";
import { anyTeam, teamOf } from "../kit/testing/arbitrary.ts";
import { drive } from "../kit/testing/scheduler.ts";
import { anyVoices, claimFailures, claimRounds, inOrder } from "../kit/testing/voices.ts";
import { debate } from "./debate.ts";

const floor = executor(debate);
const broken = { ok: false, text: "", error: { code: "BROKEN", message: "secret" } };

test("round 0 is independent; later rounds hear everybody of the round before and nobody of their own; round 0's vote is always reported", async () => {
  await fc.assert(
    fc.asyncProperty(anyTeam, fc.integer({ min: 0, max: 4 }), anyVoices(true), async (team, rounds, world) => {
      const config = { rounds, judge: false };
      const observed = await drive(floor, team, config, world);
      const ids = team.agents.map((agent) => agent.id);
      claimRounds(observed, () => ids);
      claimFailures(observed);
      const { started, settled, done } = observed;
      expect(started).toHaveLength(ids.length * (Number(done.facts?.["rounds"]) + 1));
      const predicted = await floor.predictCalls(team, config);
      expect(started.length).toBeGreaterThanOrEqual(predicted.min);
      if (done.facts?.["stop"] === "rounds" && ids.length > 1) expect(started).toHaveLength(predicted.expected);
      expect(predicted.max).toBe(ids.length * (rounds + 1));
      if (settled.some((one) => one.ok && one.path.startsWith("r0/"))) expect(done.facts?.["round0Vote"]).toMatchObject({ agent: expect.stringMatching(/^a/) });
    }),
  );
});

test("unanimity ends it, also before any debate, and spares the judge", async () => {
  const world = inOrder(({ agent }) => ({ ok: true, text: agent === "a" ? "YES!" : "yes" }));
  const { started, done } = await drive(floor, teamOf("a", "b", ["j", "judge"]), {}, world);
  expect(started.map((step) => step.agent)).toEqual(["a", "b"]);
  expect(done).toMatchObject({ output: "r0/a", facts: { stop: "unanimity", decidedBy: "unanimity", rounds: 0, round0Vote: { votes: 2, of: 2 } } });
});

test("stability ends it, and the judge, who did not debate, decides over the last answers", async () => {
  const team = teamOf("a", "b", ["j", "judge"]);
  const world = inOrder(({ agent }) => ({ ok: true, text: `by ${agent}` }));
  const { started, done } = await drive(floor, team, { rounds: 5 }, world);
  expect(started.map((step) => [step.path, step.inputs])).toEqual([
    ["r0/a", []],
    ["r0/b", []],
    ["r1/a", ["r0/a", "r0/b"]],
    ["r1/b", ["r0/a", "r0/b"]],
    ["r2/j", ["r1/a", "r1/b"]],
  ]);
  expect(done).toMatchObject({ output: "r2/j", facts: { stop: "stability", decidedBy: "j", rounds: 1, round0Vote: { votes: 1, of: 2 } } });
  expect(await floor.predictCalls(team, { rounds: 5 })).toEqual({ min: 2, expected: 13, max: 13 });
});

test("a judge who fails leaves it to the vote", async () => {
  const world = inOrder(({ agent }) => (agent === "j" ? broken : { ok: true, text: `by ${agent}`, score: agent === "b" ? 0.9 : 0.1 }));
  const { done } = await drive(floor, teamOf("a", "b", "j"), { judge: "j", rounds: 0 }, world);
  expect(done).toMatchObject({ output: "r0/b", failures: [{ agent: "j" }], facts: { decidedBy: "vote, the judge failed" } });
});

test("one who fails in a round is not heard in the next and asked again", async () => {
  const world = inOrder(({ agent, round }) => (agent === "b" && round === 0 ? broken : { ok: true, text: `${agent}${round}` }));
  const { started, done } = await drive(floor, teamOf("a", "b", "c"), { rounds: 1 }, world);
  expect(started.filter((step) => step.round === 1).map((step) => step.inputs)).toEqual(Array.from({ length: 3 }, () => ["r0/a", "r0/c"]));
  expect(done.failures).toMatchObject([{ path: "r0/b" }]);
});

test("a judge there is not, or one alone with it, is refused", () => {
  expect(floor.check(teamOf("a", "b"), { judge: "z" })).toEqual(['config.judge: there is no agent "z" (there are: a, b)']);
  expect(floor.check(teamOf("a"), { judge: "a" })).toEqual([expect.stringContaining("nobody to debate before it")]);
});
