import { definePlugin, type EventData, type TopologyExecutor, token, topologyToken } from "@orrery/sdk";
import { createTestHost } from "@orrery/sdk/testing";
import { expect, it, onTestFinished } from "vitest";
import { scripted, teamOf } from "../../tests/support/tiny-team.ts";
import runner from "./index.ts";

const long = "x".repeat(20_000);

/** Asks one agent for something in three ways, then for the task itself. */
const asking: TopologyExecutor = {
  check: () => [],
  predictCalls: () => ({ min: 2, expected: 2, max: 2 }),
  edges: () => [],
  start: () => ({
    state: 0,
    dispatch: [{ path: "0", agent: "a", round: 0, inputs: [], task: "Only the wind.", instruction: "Say when.", guidance: long, skill: "check" }],
  }),
  next: (state, { path }) =>
    state === 0 ? { state: 1, dispatch: [{ path: "1", agent: "a", round: 1, inputs: [] }] } : { state: 2, dispatch: [], done: { output: path, failures: [] } },
};
const topology = definePlugin({
  manifest: { id: "test.asking", version: "1.0.0", api: "^1.0" },
  provides: [token(topologyToken("asking"))],
  setup({ provide, tap }) {
    provide(token<TopologyExecutor>(topologyToken("asking")), asking);
    tap("task.topology", () => ({ service: topologyToken("asking") }));
  },
});

it("the journal says what the topology asked of each step, the beginning of what is long, and nothing where nothing was", async () => {
  const host = await createTestHost({ plugins: [runner, topology, scripted(() => "done")] });
  onTestFinished(() => host.close());
  await host.run("The weather", { team: teamOf("a") });
  const started = host.journal().flatMap(({ type, data }) => (type === "step.started" ? [data as unknown as EventData<"step.started">] : []));
  expect(started.map(({ skill, asked }) => [skill, asked])).toEqual([
    ["check", { task: "Only the wind.", instruction: "Say when.", guidance: `${"x".repeat(499)}…` }],
    ["write", undefined],
  ]);
});
