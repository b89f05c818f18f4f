import transformers from "@orrery/plugins/providers/transformers";
import { definePlugin, type ModelInfo, type ModelRequest, type ModelResponse } from "@orrery/sdk";
import { createTestHost, type TestHost } from "@orrery/sdk/testing";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { fixtureAssets } from "./fixture-assets.ts";

// The first answer loads 27 MB of WebAssembly, on one thread of a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const model = "transformers/tiny-llama";
const request = (text: string, over: Partial<ModelRequest> = {}): ModelRequest => ({
  id: "r1",
  origin: { run: "run_1", task: "t", step: "s/ann", agent: "ann", plugin: "orrery.topology.dag", actor: "me", workspace: "w" },
  model,
  skill: "write",
  system: "You tell fortunes.",
  messages: [{ role: "user", content: text }],
  view: { task: text, round: 0, inputs: [], recalled: [], thread: [], feedback: [] },
  maxOutputTokens: 24,
  temperature: 0,
  ...over,
});

let host: TestHost;
const deltas: string[] = [];
let onDelta: (() => void) | undefined;
beforeAll(async () => {
  const listener = definePlugin({
    manifest: { id: "test.listener", version: "1.0.0", api: "^1.0" },
    setup({ tap }) {
      tap("model.delta", ({ text }) => {
        deltas.push(text);
        onDelta?.();
      });
    },
  });
  // The CPU in Node and WebAssembly in a browser, whatever adapters it may have.
  const device = typeof window === "undefined" ? "cpu" : "wasm";
  host = await createTestHost({ plugins: [[transformers, { config: { models: ["tiny-llama", "not-here"], device } }], listener], assets: fixtureAssets });
});
afterAll(() => host.close());
beforeEach(() => {
  deltas.length = 0;
  onDelta = undefined;
});
const ask = async (text: string, over?: Partial<ModelRequest>, signal?: AbortSignal): Promise<ModelResponse | undefined> =>
  (await host.call("model.call", request(text, over), signal ? { signal } : {}))?.value;

it("lists the models whose files are here, and no other", async () => {
  const listed = (await host.call("model.list", { refresh: false })).flatMap((answer) => (answer.ok ? answer.value : []));
  expect(listed).toEqual<ModelInfo[]>([
    {
      id: model,
      provider: "transformers",
      label: "tiny-llama",
      kind: "generative",
      local: true,
      paid: false,
      state: "embedded",
      contextTokens: 512,
      source: "files of this host",
      note: "Runs in this process (q8 weights).",
    },
  ]);
  expect(await ask("x", { model: "transformers/not-here" })).toBeUndefined();
  expect(await ask("x", { model: "openai/gpt-5-mini" })).toBeUndefined();
});

it("streams what it answers, and counts the tokens read and written", async () => {
  const answer = await ask("What will tomorrow bring?");
  expect(answer?.text).not.toBe("");
  expect(deltas.length).toBeGreaterThan(1);
  expect(deltas.join("")).toBe(answer?.text);
  expect(answer).toMatchObject({ model, finish: "length", usage: { outputTokens: 24 } });
  // Bytes are an upper bound of tokens; the template's own marks come on top.
  expect(answer?.usage.inputTokens).toBeGreaterThan(10);
  expect(answer?.usage.inputTokens).toBeLessThan(100);
});

it("gives the same answer to the same request at temperature 0, and reads the turns through the chat template", async () => {
  const [once, again] = [await ask("What will tomorrow bring?"), await ask("What will tomorrow bring?")];
  expect(again).toEqual(once);
  // The same words on the native runtime and on WebAssembly.
  expect(once?.text).toMatch(/^\.\s+The be the man is the man\./);
  const longer = await ask("What will tomorrow bring?", {
    messages: [
      { role: "user", content: "Hello." },
      { role: "assistant", content: "Hello." },
      { role: "user", content: "What will tomorrow bring?" },
    ],
  });
  expect(longer?.usage.inputTokens).toBeGreaterThan(once?.usage.inputTokens ?? Number.NaN);
  const alone = await ask("What will tomorrow bring?", { system: "" });
  expect(alone?.usage.inputTokens).toBeLessThan(once?.usage.inputTokens ?? Number.NaN);
});

it("answers requests made at once one after the other, each as if alone", async () => {
  const questions = ["What is luck?", "Who are you?", "What is luck?"];
  const together = await Promise.all(questions.map((text) => ask(text, { maxOutputTokens: 8 })));
  expect(together[2]).toEqual(together[0]);
  expect((await ask("Who are you?", { maxOutputTokens: 8 }))?.text).toBe(together[1]?.text);
});

it("stops within a token when it is cancelled, and answers the next request", async () => {
  const abort = new AbortController();
  onDelta = () => abort.abort(new Error("enough"));
  await expect(ask("Tell me everything.", { maxOutputTokens: 400 }, abort.signal)).rejects.toMatchObject({ code: "CALL_ABORTED" });
  const heard = deltas.length;
  onDelta = undefined;
  expect((await ask("What is luck?", { maxOutputTokens: 4 }))?.usage.outputTokens).toBe(4);
  // A piece is a word or so; 400 tokens would have been far more.
  expect(heard).toBeLessThan(5);
});

it("refuses what is longer than the model can read", async () => {
  await expect(ask("word ".repeat(600))).rejects.toMatchObject({ cause: { code: "MODEL_CONTEXT_TOO_LONG" } });
});
