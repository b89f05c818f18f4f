import { type AnyPlugin, definePlugin, type ModelInfo, Runner, type Team } from "@orrery/sdk";
import { createTestHost, type TestHost } from "@orrery/sdk/testing";
import { afterEach, expect, test } from "vitest";
import runner from "../../runner/index.ts";
import { agent } from "../kit/testing/arbitrary.ts";
import maker from "./index.ts";
import { rightMove } from "./testing/hanoi.ts";

const model: ModelInfo = {
  id: "test/mover",
  provider: "test",
  label: "Mover",
  kind: "generative",
  local: true,
  paid: false,
  state: "embedded",
  source: "built in",
};
/** Moves as the text says, wrongly at every fifth sample that is not a step's first; tells every text it was given. */
const mover = (disks: number, heard: string[]): AnyPlugin =>
  definePlugin({
    manifest: { id: "test.mover", version: "1.0.0", api: "^1.0" },
    setup({ tap }) {
      tap("model.list", () => [model]);
      tap("task.route", () => ({ model: model.id, maxOutputTokens: 200, why: "the only one", considered: [] }));
      tap("model.call", ({ messages, temperature = 0 }) => {
        const content = messages.map((message) => message.content).join("\n");
        heard.push(content);
        const now = /Now: (.*)/.exec(content)?.[1];
        const text = now === undefined || (temperature > 0 && heard.length % 5 === 0) ? "Let me think." : rightMove(now, disks);
        return { model: model.id, text, usage: { inputTokens: 1, outputTokens: 1 }, finish: "stop" as const };
      });
    },
  });
const team = (config: NonNullable<Team["topology"]>["config"]): Team => ({
  name: "movers",
  agents: [agent("left"), agent("right")],
  topology: { id: "maker", config },
});

let host: TestHost;
afterEach(() => host.close());

test("a tower is solved through the runner: each model call holds its step and nothing of the others, and the journal grows with the steps", async () => {
  const sizes: number[] = [];
  for (const disks of [3, 5]) {
    const heard: string[] = [];
    host = await createTestHost({ plugins: [runner, maker, mover(disks, heard)] });
    const report = await host.run("Solve the tower.", { team: team({ generate: { name: "hanoi", disks }, k: 3, flags: { format: "json" } }) });
    const steps = 2 ** disks - 1;
    expect(report).toMatchObject({ status: "accepted", topology: { id: "maker" } });
    expect(JSON.parse(report.output)).toMatchObject({ pegs: [[], [], Array.from({ length: disks }, (_, i) => disks - i)] });
    expect(report.topology.observedCalls).toBe(heard.length);
    for (const content of heard) expect(content.match(/"moved":\d/g)).toHaveLength(1);
    const calls = heard.length;
    sizes.push(JSON.stringify(host.journal()).length / calls);
    expect(calls).toBeGreaterThanOrEqual(steps * 3);
    if (disks === 3) await host.close();
  }
  // A step's share of the journal is the same in a run four times as long.
  expect((sizes[1] ?? 0) / (sizes[0] ?? 1)).toBeLessThan(1.2);
});

test("what cannot be decided ends the run with the reason", async () => {
  const heard: string[] = [];
  host = await createTestHost({ plugins: [runner, maker, mover(3, heard)] });
  const config = { steps: ["Say something long."], k: 2, flags: { maxChars: 3 } };
  const report = await host.run("Speak.", { team: team({ ...config, maxSamples: 4 }) });
  expect(report).toMatchObject({
    status: "failed",
    error: { code: "TOPOLOGY_EMPTY", message: expect.stringContaining("step 1 of 1 is undecided after 4 samples") },
  });
  const refused = await host.run("Speak.", { team: team({ ...config, p: 0.4 }) });
  expect(refused.error).toMatchObject({ code: "TOPOLOGY_CONFIG", message: expect.stringContaining("no number of votes helps") });
});

test("a tower whose host is killed is carried on: the same end, and no finished sample is called again", async () => {
  const heard: string[] = [];
  const config = { generate: { name: "hanoi", disks: 3 }, k: 2, flags: { format: "json" } };
  host = await createTestHost({ plugins: [runner, maker, mover(3, heard)] });
  const whole = await host.run("Solve the tower.", { team: team(config) });
  const entries = [...host.journal()];
  await host.close();
  const end = entries.findIndex(({ type }) => type === "run.finished");
  for (const cut of [2, 9, 20, Math.floor(end / 2), end - 1]) {
    const left = entries.slice(0, cut);
    const finished = left.filter(({ type }) => type === "step.finished").length;
    const again: string[] = [];
    host = await createTestHost({ entries: left, plugins: [runner, maker, mover(3, again)] });
    const service = host.kernel.service(Runner);
    await service?.resume(whole.runId, { actor: "tester" });
    const report = await service?.wait(whole.runId);
    expect(report, `cut at ${cut}`).toMatchObject({ status: "accepted", output: whole.output });
    expect((report?.topology.observedCalls ?? 0) - finished, `cut at ${cut}`).toBe(again.length);
    if (cut !== end - 1) await host.close();
  }
});
