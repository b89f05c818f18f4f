import fc from "fast-check";
import { expect, test } from "vitest";
import { executor } from "../kit/index.ts";
import { anyTeam, teamOf } from "../kit/testing/arbitrary.ts";
import { drive } from "../kit/testing/scheduler.ts";
import { anyVoices, claimFailures, inOrder } from "../kit/testing/voices.ts";
import { star } from "./star.ts";

const wheel = executor(star);
const broken = { ok: false, text: "", error: { code: "BROKEN", message: "secret" } };

test("spokes never see each other: all they hear is the hub, and the hub hears every one of them", async () => {
  await fc.assert(
    fc.asyncProperty(anyTeam, fc.integer({ min: 1, max: 4 }), anyVoices(true), async (team, rounds, world) => {
      const observed = await drive(wheel, team, { rounds }, world);
      const { started, settled, done } = observed;
      const edges = await wheel.edges(team, {});
      const hub = started[0]?.agent ?? "";
      for (const edge of edges) expect([edge.from, edge.to]).toContain(hub);
      const agentOf = (path: string) => started.find((step) => step.path === path)?.agent;
      const ok = (path: string) => settled.some((one) => one.ok && one.path === path);
      for (const step of started) {
        if (step.agent !== hub) for (const input of step.inputs) expect(agentOf(input)).toBe(hub);
        if (step.path.endsWith(".join") && team.agents.length > 1) {
          const spokes = started.filter((other) => other.round === step.round && other.agent !== hub).map((other) => other.path);
          expect(step.inputs).toEqual(spokes.filter(ok));
        }
      }
      claimFailures(observed);
      const round = team.agents.length + 1;
      expect(await wheel.predictCalls(team, { rounds })).toEqual({ min: round, expected: round * rounds, max: round * rounds });
      if (done.facts?.["stop"] === "rounds") expect(started).toHaveLength(round * rounds);
    }),
  );
});

test("each spoke gets the hub's message to it, in place of the task, and nobody else's", async () => {
  const plan = 'Here is who does what:\n```json\n{"b": "count the lambs", "c": "count the ships"}\n```';
  const { started, done } = await drive(
    wheel,
    teamOf(["a", "plan"], "b", "c"),
    {},
    inOrder(({ path }) => ({ ok: true, text: path === "r0/a.split" ? plan : path })),
  );
  expect(started.map(({ path, task, inputs }) => [path, task, inputs])).toEqual([
    ["r0/a.split", undefined, []],
    ["r0/b", "count the lambs", []],
    ["r0/c", "count the ships", []],
    ["r0/a.join", undefined, ["r0/b", "r0/c"]],
  ]);
  expect(done).toMatchObject({ output: "r0/a.join", failures: [], facts: { rounds: 1, stop: "rounds" } });
});

test("the hub hands out work again until it says done, each round on what it brought together before", async () => {
  const world = inOrder(({ path, round }) => ({ ok: true, text: path, ...(path.endsWith(".join") ? { data: { done: round === 1 } } : {}) }));
  const { started, done } = await drive(wheel, teamOf("a", "b"), { rounds: 5 }, world);
  expect(started.map((step) => [step.path, step.inputs])).toEqual([
    ["r0/a.split", []],
    ["r0/b", ["r0/a.split"]],
    ["r0/a.join", ["r0/b"]],
    ["r1/a.split", ["r0/a.join"]],
    ["r1/b", ["r1/a.split"]],
    ["r1/a.join", ["r1/b"]],
  ]);
  expect(done).toMatchObject({ output: "r1/a.join", facts: { rounds: 2, stop: "the hub says done" } });
});

test("a hub that fails in the end leaves the results one after another; spokes that all fail leave nothing", async () => {
  const team = teamOf("a", "b", "c");
  const hub = await drive(
    wheel,
    team,
    {},
    inOrder(({ path, agent }) => (path.endsWith(".join") ? broken : { ok: true, text: `by ${agent}` })),
  );
  expect(hub.done).toMatchObject({ output: undefined, text: "by b\n\nby c", failures: [{ path: "r0/a.join" }], facts: { stop: "the hub failed" } });
  const spokes = await drive(
    wheel,
    team,
    {},
    inOrder(({ agent }) => (agent === "a" ? { ok: true, text: "split" } : broken)),
  );
  expect(spokes.done).toMatchObject({ output: undefined, failures: [{ agent: "b" }, { agent: "c" }], facts: { stop: "nobody answered" } });
});

test("a hub there is not is refused", () => {
  expect(wheel.check(teamOf("a", "b"), { hub: "z" })).toEqual(['config.hub: there is no agent "z" (there are: a, b)']);
});
