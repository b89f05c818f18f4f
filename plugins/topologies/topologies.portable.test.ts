import { type AnyPlugin, definePlugin, type ModelInfo, type Team, Trace } from "@orrery/sdk";
import { createTestHost, type TestHost } from "@orrery/sdk/testing";
import { afterEach, expect, test } from "vitest";
import memory from "../memory/episodic/index.ts";
import trace from "../observability/trace/index.ts";
import runner from "../runner/index.ts";
import dag from "./dag/index.ts";
import { agent } from "./kit/testing/arbitrary.ts";
import parallel from "./parallel/index.ts";
import sequential from "./sequential/index.ts";

const model: ModelInfo = {
  id: "test/echo",
  provider: "test",
  label: "Echo",
  kind: "generative",
  local: true,
  paid: false,
  state: "embedded",
  source: "built in",
};
/** Answers `name(inputs)`; agents named "broken…" fail; says what was recalled. */
const echo: AnyPlugin = definePlugin({
  manifest: { id: "test.echo", version: "1.0.0", api: "^1.0" },
  setup({ tap }) {
    tap("model.list", () => [model]);
    tap("task.route", () => ({ model: model.id, maxOutputTokens: 100, why: "the only one", considered: [] }));
    tap("model.call", ({ origin, view }) => {
      if (origin.agent.startsWith("broken")) throw new Error("secret of the broken one");
      const text = `${origin.agent}(${view.inputs.map((input) => input.text).join(" ")})`;
      const usedMemory = view.recalled.map((episode) => episode.id);
      return {
        model: model.id,
        text: view.recalled.length > 0 ? `${text}, knowing ${view.recalled[0]?.summary}` : text,
        data: { usedMemory },
        usage: { inputTokens: 1, outputTokens: 1 },
        finish: "stop",
      };
    });
  },
});
const teamOf = (topology: Team["topology"], ...agents: [id: string, skill: string][]): Team => ({
  name: "team",
  agents: agents.map(([id, skill]) => agent(id, skill)),
  ...(topology ? { topology } : {}),
});
const roles: [string, string][] = [
  ["r1", "research"],
  ["r2", "research"],
  ["checker", "check"],
  ["writer", "write"],
];

let host: TestHost;
afterEach(() => host.close());
const start = async () => {
  host = await createTestHost({ plugins: [runner, echo, sequential, parallel, dag, memory, trace] });
};

test.each([
  ["sequential", "writer(checker(r2(r1())))"],
  ["parallel", "writer(r1() r2() checker())"],
  ["dag", "writer(checker(r1() r2()))"],
])("--topology %s gives that topology, and the journal's edges prove it", async (id, output) => {
  await start();
  const report = await host.run("Why?", { topology: id, team: teamOf(undefined, ...roles) });
  expect(report).toMatchObject({ status: "accepted", output, topology: { id, predictedCalls: 4, observedCalls: 4 } });
  const planned = host.journal().find((entry) => entry.type === "run.planned")?.data as { by: string; edges: { from: string; to: string }[] };
  expect(planned.by).toBe(`orrery.topology.${id}`);
  const heard = host.journal().flatMap(({ type, data }) => {
    if (type !== "step.started") return [];
    const step = data as unknown as { agent: string; inputs: string[] };
    return step.inputs.map((input) => ({ from: input.replace(/^r\d+\//, ""), to: step.agent }));
  });
  expect(heard).toEqual(expect.arrayContaining(planned.edges));
  expect(heard).toHaveLength(planned.edges.length);
});

test("an unknown topology gives an error that lists those there are", async () => {
  await start();
  const report = await host.run("Why?", { topology: "moebius" });
  expect(report.error).toMatchObject({ code: "TOPOLOGY_UNKNOWN", message: expect.stringContaining("dag, parallel, sequential") });
});

test("a circle ends the run before any step, with its path", async () => {
  await start();
  const edges = [
    { from: "r1", to: "checker" },
    { from: "checker", to: "r1" },
  ];
  const report = await host.run("Why?", { team: teamOf({ id: "dag", config: { edges } }, ...roles) });
  expect(report).toMatchObject({ status: "failed", error: { message: expect.stringContaining("r1 → checker → r1") } });
  expect(host.journal().some((entry) => entry.type === "step.started")).toBe(false);
});

test("a failed agent is listed, and nobody is shown its error", async () => {
  await start();
  const report = await host.run("Why?", { topology: "parallel", team: teamOf(undefined, ["r1", "research"], ["broken", "research"], ["writer", "write"]) });
  expect(report).toMatchObject({ status: "accepted", output: "writer(r1())" });
  const finished = host.journal().find((entry) => entry.type === "run.finished")?.data;
  expect(finished).toMatchObject({ failures: [{ agent: "broken", path: "r0/broken", message: expect.stringContaining("secret") }] });
});

test("a second, related task recalls the first and its agents use it; the trace shows both", async () => {
  await start();
  await host.run("How does the plugin system isolate errors?", { team: teamOf(undefined, ["a", "write"]) });
  const second = await host.run("What isolates the errors of plugins?", { team: teamOf(undefined, ["a", "write"]) });
  // Once as the task's, and once as what the agent itself remembers, which is the same here and shown to it once.
  const earlier = { task: "How does the plugin system isolate errors?", usedBy: ["a"] };
  expect(second.memory.recalled).toMatchObject([earlier, { task: earlier.task, agent: "a" }]);
  expect(second.output).toBe("a(), knowing a()");
  const spans = (await host.kernel.service(Trace)?.spans(second.runId)) ?? [];
  expect(spans.map((span) => span.kind)).toEqual(expect.arrayContaining(["run", "plan", "memory", "step", "model", "judge", "hook"]));
  expect(spans.every((span) => span.status === "ok")).toBe(true);
});
