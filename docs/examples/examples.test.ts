import { readFile } from "node:fs/promises";
import dag from "@orrery/plugins/topologies/dag";
import { team, token, type TopologyExecutor, topologyToken } from "@orrery/sdk";
import { createTestHost, samples, type TestHost } from "@orrery/sdk/testing";
import runner from "@orrery/plugins/runner";
import routing from "@orrery/plugins/routing/default";
import { afterEach, expect, test } from "vitest";
import { parse } from "yaml";
import greeter from "./greeter.ts";
import judgeLength from "./judge-length.ts";
import officeHours from "./office-hours.ts";
import parrot from "./parrot.ts";
import relay from "./relay.ts";
import visits from "./visits.ts";
import visitsReader from "./visits-reader.ts";

let host: TestHost;
afterEach(() => host.close());

test("greeter: logs how a task ended", async () => {
  host = await createTestHost({ plugins: [greeter] });
  await host.call("task.finish", samples.outcome({ status: "rejected" }));
  expect(host.log.map((line) => line.message)).toContain('"Why is the sky blue?" ended: rejected');
});

test("office hours: denies paid calls at other times, and nothing else", async () => {
  const now = new Date().getUTCHours();
  const estimate = {
    reservation: "r",
    origin: samples.request().origin,
    kind: "model" as const,
    model: "x/y",
    paid: true,
    inputTokens: 1,
    outputTokens: 1,
    spending: { allowed: true, capNano: 1, why: "a test" },
  };
  // Hours that hold this one, the one before and the one after would be open whatever the clock does meanwhile.
  const closed = { from: (now + 6) % 23, to: ((now + 6) % 23) + 1 };
  host = await createTestHost({ plugins: [[officeHours, { config: closed }]] });
  expect(await host.call("budget.reserve", estimate)).toMatchObject({ decision: "deny", reasons: [{ plugin: "acme.office-hours" }] });
  expect(await host.call("budget.reserve", { ...estimate, paid: false })).toMatchObject({ decision: "allow" });
  await host.close();
  host = await createTestHost({ plugins: [[officeHours, { config: { from: 0, to: 24 } }]] });
  expect(await host.call("budget.reserve", estimate)).toMatchObject({ decision: "allow" });
});

test("judge length: scores what is too long, with the reason", async () => {
  host = await createTestHost({ plugins: [[judgeLength, { config: { words: 4 } }]] });
  const judge = async (text: string) => host.call("task.judge", samples.judgement({ artifact: { step: "s", agent: "a", role: "r", skill: "write", text } }));
  expect(await judge("one two three four")).toMatchObject([{ ok: true, value: { score: 1, decision: "accept" } }]);
  expect(await judge("one two three four five six seven eight")).toMatchObject([
    { ok: true, value: { score: 0.5, decision: "reject", reasons: ["8 words; at most 4 were wanted"] } },
  ]);
  expect(await judge("")).toEqual([]);
});

test("visits: the reader counts while the service is there, and goes on without it", async () => {
  host = await createTestHost({ plugins: [visitsReader, visits] });
  await host.call("task.finish", samples.outcome());
  expect((await host.call("task.plan", samples.plan())).notes).toEqual([{ by: "acme.visits-reader", text: "Task 2 of this workspace." }]);
  await host.kernel.uninstall("acme.visits");
  expect((await host.call("task.plan", samples.plan())).notes).toEqual([]);
});

test("parrot and relay: a whole task runs on a provider and a topology of an author's own", async () => {
  host = await createTestHost({ plugins: [runner, routing, parrot, relay] });
  const agents = ["a", "b"].map((id) => ({ id, role: id, prompt: "", skill: "write", tools: [] }));
  const report = await host.run("Say it again", { team: { name: "two", agents, topology: { id: "relay", config: { laps: 2 } } } });
  expect(report).toMatchObject({
    status: "accepted",
    topology: { id: "relay", predictedCalls: 4, observedCalls: 4 },
    output: expect.stringContaining("Say it again"),
  });
  expect(host.trace().some((record) => record.hook === "model.delta")).toBe(true);
  const wrong = await host.run("Say it again", { team: { name: "two", agents, topology: { id: "relay", config: { laps: 0 } } } });
  expect(wrong.error?.message).toContain("config.laps");
});

test("the team file is a team its topology can run", async () => {
  host = await createTestHost({ plugins: [dag] });
  const parsed = team.parse(parse(await readFile(new URL("team.yaml", import.meta.url), "utf8")));
  const executor = host.kernel.service(token<TopologyExecutor>(topologyToken("dag")));
  expect(await executor?.check(parsed, parsed.topology?.config ?? {})).toEqual([]);
  expect(await executor?.predictCalls(parsed, parsed.topology?.config ?? {})).toEqual({ min: 3, expected: 3, max: 3 });
});
