import fc from "fast-check";
import { expect, test } from "vitest";
import { executor } from "../kit/index.ts";
import { anyTeam, teamOf } from "../kit/testing/arbitrary.ts";
import { drive } from "../kit/testing/scheduler.ts";
import { anyVoices, claimFailures, inOrder } from "../kit/testing/voices.ts";
import { mixtureOfAgents } from "./mixture-of-agents.ts";

const layered = executor(mixtureOfAgents);
const broken = { ok: false, text: "", error: { code: "BROKEN", message: "secret" } };

test("each layer sees all of the layer before it and nothing of its own; the first sees the task only; one aggregator is last", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyTeam,
      fc.integer({ min: 1, max: 5 }),
      fc.option(fc.integer({ min: 1, max: 5 })),
      anyVoices(true),
      async (team, layers, samples, world) => {
        const config = { layers, ...(samples === null ? {} : { self: { samples } }) };
        const observed = await drive(layered, team, config, world);
        const { started, settled, done } = observed;
        const good = (round: number) =>
          started.filter((step) => step.round === round && settled.some((one) => one.ok && one.path === step.path)).map((step) => step.path);
        for (const step of started) {
          expect(step.inputs).toEqual(step.round === 0 ? [] : good(step.round - 1));
          expect([...step.after].sort()).toEqual(expect.arrayContaining(step.inputs));
        }
        claimFailures(observed);
        const n = samples ?? team.agents.length;
        expect(await layered.predictCalls(team, config)).toEqual({ min: n * (layers - 1) + 1, expected: n * (layers - 1) + 1, max: n * (layers - 1) + 1 });
        if (done.facts?.["aggregated"] === true) {
          expect(started).toHaveLength(n * (layers - 1) + 1);
          expect(done.output).toBe(started.at(-1)?.path);
        }
      },
    ),
  );
});

test("self samples one agent with a temperature; the aggregator answers at none", async () => {
  const world = inOrder(({ path }) => ({ ok: true, text: path }));
  const { started } = await drive(layered, teamOf("a", ["w", "write"]), { layers: 2, self: { agent: "a", samples: 3 } }, world);
  expect(started.map(({ path, agent, temperature }) => [path, agent, temperature])).toEqual([
    ["r0/a.1", "a", 0.7],
    ["r0/a.2", "a", 0.7],
    ["r0/a.3", "a", 0.7],
    ["r1/w", "w", undefined],
  ]);
});

test("where the aggregator or a whole layer fails, the best judged answer before it is the outcome", async () => {
  const world = (failsIn: number) => inOrder(({ agent, round }) => (round === failsIn ? broken : { ok: true, text: agent, score: agent === "b" ? 0.9 : 0.1 }));
  const aggregator = await drive(layered, teamOf("a", "b"), { layers: 2 }, world(1));
  expect(aggregator.done).toMatchObject({ output: "r0/b", facts: { aggregated: false }, failures: [{ path: "r1/a" }] });
  const layer = await drive(layered, teamOf("a", "b"), { layers: 3 }, world(1));
  expect(layer.done).toMatchObject({ output: "r0/b", facts: { layers: 1, aggregated: false } });
  const first = await drive(layered, teamOf("a", "b"), {}, world(0));
  expect(first.done.output).toBeUndefined();
});

test("an aggregator or sampled agent there is not is refused", () => {
  expect(layered.check(teamOf("a"), { aggregator: "z", self: { agent: "y" } })).toEqual([
    'config.aggregator: there is no agent "z" (there are: a)',
    'config.self.agent: there is no agent "y" (there are: a)',
  ]);
});
