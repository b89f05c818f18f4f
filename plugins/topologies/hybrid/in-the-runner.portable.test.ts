import { type AnyPlugin, type Connection, definePlugin, type Json, type ModelInfo, type ModelRequest, type Team } from "@orrery/sdk";
import { createTestHost, samples, type TestHost } from "@orrery/sdk/testing";
import { afterEach, expect, test } from "vitest";
import privacy from "../../privacy/classifier/index.ts";
import runner from "../../runner/index.ts";
import { agent } from "../kit/testing/arbitrary.ts";
import hybrid from "./index.ts";

const secret = "ada.lovelace@example.org";
const task = `Write a reminder to ${secret}, who owes us for card 4111 1111 1111 1111.`;
const model = (id: string, local: boolean): ModelInfo => ({
  id,
  provider: id.split("/")[0] ?? "",
  label: id,
  kind: "generative",
  local,
  paid: false,
  state: "connected",
  source: "a test",
});

interface World {
  host: TestHost;
  /** What reached a model that is not on this machine, as text. */
  sent: ModelRequest[];
}
interface Options {
  more?: readonly AnyPlugin[];
  classifier?: AnyPlugin;
  connections?: Connection[];
  /** Which model a step goes to. */
  route?: (localOnly: boolean) => string;
  local?: boolean;
}

let host: TestHost;
afterEach(() => host.close());

async function world({ more = [], classifier = privacy, connections = [], route, local = true }: Options = {}): Promise<World> {
  const sent: ModelRequest[] = [];
  const models = definePlugin({
    manifest: { id: "test.models", version: "1.0.0", api: "^1.0" },
    setup({ tap }) {
      tap("model.list", () => [model("near/one", local), model("far/one", false)]);
      tap("task.route", ({ step }) => ({
        model: (route ?? ((only) => (only ? "near/one" : "far/one")))(step.localOnly),
        maxOutputTokens: 100,
        why: "a test",
        considered: [],
      }));
      tap("model.call", (request) => {
        if (request.model === "far/one" || !local || connections.length > 0) sent.push(request);
        return { model: request.model, text: `${request.model}: ${request.view.task}`, usage: { inputTokens: 1, outputTokens: 1 }, finish: "stop" as const };
      });
    },
  });
  host = await createTestHost({ plugins: [runner, classifier, hybrid, ...more, models], connections: { list: async () => connections } });
  return { host, sent };
}
const team = (config: { [name: string]: Json } = {}, focus?: string): Team => ({
  name: "two",
  agents: [{ ...agent("far"), ...(focus ? { focus } : {}) }, agent("near")],
  topology: { id: "hybrid", config },
});
const rewriting = (rewrite: (request: ModelRequest) => ModelRequest): AnyPlugin =>
  definePlugin({ manifest: { id: "test.rewriter", version: "1.0.0", api: "^1.0" }, setup: ({ tap }) => void tap("model.request", rewrite) });

test("what is private is taken out on the way and put back here; the report says what was done", async () => {
  const { host, sent } = await world();
  const report = await host.run(task, { team: team() });
  expect(sent.map(({ view }) => view.task)).toEqual(["Write a reminder to ⟦EMAIL_1⟧, who owes us for card ⟦CARD_1⟧."]);
  expect(JSON.stringify(sent)).not.toContain("lovelace");
  expect(report).toMatchObject({
    status: "accepted",
    output: `far/one: ${task}`,
    topology: { id: "hybrid", observedCalls: 1, facts: { route: "redacted", spans: { EMAIL: 1, CARD: 1 } } },
  });
});

test("the focus a planner drew from the task is screened on the way", async () => {
  const { host, sent } = await world();
  await host.run(task, { team: team({}, `the debt of ${secret}`) });
  expect(sent.map(({ view }) => view.focus)).toEqual(["the debt of ⟦EMAIL_1⟧"]);
  expect(JSON.stringify(sent)).not.toContain("lovelace");
});

test.each<[string, (request: ModelRequest) => ModelRequest]>([
  ["the system prompt", (request) => ({ ...request, system: `${request.system} For ${secret.toUpperCase()}.` })],
  ["a message", (request) => ({ ...request, messages: [...request.messages, { role: "user", content: "card 4111-1111-1111-1111" }] })],
  ["the view", (request) => ({ ...request, view: { ...request.view, focus: `about ${secret}` } })],
  [
    "an input",
    (request) => ({ ...request, view: { ...request.view, inputs: [{ step: "s", agent: "a", role: "r", skill: "x", text: "Grace Hopper called." }] } }),
  ],
  ["documents", (request) => ({ ...request, collection: "mine" })],
  ["memories", (request) => ({ ...request, view: { ...request.view, thread: [{ run: "r", task: "t", answer: "a" }] } })],
  [
    "the input of a tool call",
    (request) => ({
      ...request,
      messages: [...request.messages, { role: "assistant", content: "", toolCalls: [{ id: "c1", tool: "calculator", input: { to: secret } }] }],
    }),
  ],
  [
    "what a tool answered",
    (request) => ({
      ...request,
      messages: [...request.messages, { role: "tool", content: "Grace Hopper called.", call: { id: "c1", tool: "documents", ok: true } }],
    }),
  ],
  ["a tool's description", (request) => ({ ...request, tools: [{ name: "mail", description: `writes to ${secret}`, input: {} }] })],
  ["another number of the same kind", (request) => ({ ...request, messages: [{ role: "user", content: "call +44 20 7946 0958" }] })],
])("a rewriter that puts something private into %s is stopped before anything leaves, and the task is done here", async (_, rewrite) => {
  const { host, sent } = await world({ more: [rewriting((request) => (request.model === "far/one" ? rewrite(request) : request))] });
  const report = await host.run(task, { team: team() });
  expect(sent).toEqual([]);
  expect(report).toMatchObject({ status: "accepted", output: `near/one: ${task}`, topology: { failures: [{ agent: "far", code: "HYBRID_EGRESS" }] } });
});

test("a router that sends a local step elsewhere is stopped", async () => {
  const { host, sent } = await world({ route: () => "far/one" });
  const report = await host.run(task, { team: team({ otherwise: "local" }) });
  expect(sent).toEqual([]);
  expect(report).toMatchObject({ status: "failed", error: { code: "HYBRID_EGRESS" } });
});

test("a model that calls itself local is not while its connection leads elsewhere, or says it does not", async () => {
  const far: Connection = { provider: "near", baseUrl: "https://models.example.org/v1", source: "a test", local: true };
  for (const connection of [
    far,
    { ...far, baseUrl: "http://127.0.0.1.example.org/" },
    { ...far, baseUrl: "http://127.0.0.1:11434", local: false },
    { provider: "near", source: "a test", local: true },
  ]) {
    const { host, sent } = await world({ connections: [connection] });
    expect(await host.run(task, { team: team({ otherwise: "local" }) })).toMatchObject({ status: "failed", error: { code: "HYBRID_EGRESS" } });
    expect(sent).toEqual([]);
    await host.close();
  }
  const { host } = await world({ connections: [{ ...far, baseUrl: "http://127.0.0.1:11434/v1" }] });
  expect(await host.run(task, { team: team({ otherwise: "local" }) })).toMatchObject({ status: "accepted", output: `near/one: ${task}` });
});

const classifierThat = (classify: () => never | { spans: never[]; doubts: string[] }): AnyPlugin =>
  definePlugin({
    manifest: { id: "test.classifier", version: "1.0.0", api: "^1.0" },
    provides: privacy.provides ?? [],
    setup: ({ provide }) => void provide(privacy.provides?.[0] as never, { classify } as never),
  });
test.each<[string, AnyPlugin]>([
  [
    "throws",
    classifierThat(() => {
      throw new Error("out of order");
    }),
  ],
  ["doubts", classifierThat(() => ({ spans: [], doubts: ["it is not sure"] }))],
  ["answers nonsense", classifierThat(() => ({ spans: [{ type: "X", start: 5, end: 1 }] as never[], doubts: [] }))],
  ["is not there", definePlugin({ manifest: { id: "test.nothing", version: "1.0.0", api: "^1.0" }, setup: () => undefined })],
])("when the classifier %s, everything stays here", async (_, classifier) => {
  const { host, sent } = await world({ classifier });
  const report = await host.run("What is two and two?", { team: team() });
  expect(sent).toEqual([]);
  expect(report).toMatchObject({ status: "accepted", output: "near/one: What is two and two?", topology: { facts: { route: "local only" } } });
});

test("a judge that asks a model elsewhere about a hybrid run's task is stopped, by hook and by call", async () => {
  const tried: string[] = [];
  const judge = definePlugin({
    manifest: { id: "test.judge", version: "1.0.0", api: "^1.0", capabilities: ["hook.call:*"] },
    setup({ tap, call }) {
      tap("step.judge", async ({ run, task }) => {
        const request = {
          ...samples.request({ model: "far/one", system: `Judge: ${task}` }),
          origin: { ...samples.request().origin, run, plugin: "test.judge" },
        };
        for (const hook of ["model.request", "model.call"] as const)
          await call(hook, request).then(
            () => tried.push("let through"),
            (error: unknown) => tried.push(String((error as { code?: string }).code ?? error)),
          );
        return { judge: "test.judge", decision: "accept" as const, score: 1, reasons: [] } as never;
      });
    },
  });
  const { host, sent } = await world({ more: [judge] });
  await host.run(task, { team: team() });
  expect(tried).toHaveLength(2);
  expect(tried).not.toContain("let through");
  expect(JSON.stringify(sent)).not.toContain("lovelace");
});

test("other runs are none of its business", async () => {
  const { host, sent } = await world();
  await host.run(task, { team: team() });
  await host.call("model.call", { ...samples.request({ model: "far/one", system: task }), origin: { ...samples.request().origin, run: "another" } });
  expect(JSON.stringify(sent.at(-1))).toContain("lovelace");
});
