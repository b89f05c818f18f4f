import transformers from "@orrery/plugins/providers/transformers";
import { createTestHost } from "@orrery/sdk/testing";
import { expect, it } from "vitest";
import { fixtureAssets } from "./fixture-assets.ts";

interface Gpu {
  requestAdapter(): Promise<{ requestDevice: unknown } | null>;
}
const gpu = (navigator as { gpu?: Gpu }).gpu;

async function answerOn(device: "auto" | "wasm"): Promise<{ text: string; usage: { outputTokens: number } } | undefined> {
  const host = await createTestHost({ plugins: [[transformers, { config: { models: ["tiny-llama"], device } }]], assets: fixtureAssets });
  const answer = await host.call("model.call", {
    id: "r1",
    origin: { run: "run_1", task: "t", step: "s", agent: "ann", plugin: "p", actor: "me", workspace: "w" },
    model: "transformers/tiny-llama",
    skill: "write",
    system: "You tell fortunes.",
    messages: [{ role: "user", content: "What will tomorrow bring?" }],
    view: { task: "t", round: 0, inputs: [], recalled: [], thread: [], feedback: [] },
    maxOutputTokens: 6,
    temperature: 0,
  });
  await host.close();
  return answer?.value;
}

it("writes a few tokens on a WebGPU adapter, chosen by itself, and the same ones as WebAssembly", { timeout: 120_000 }, async () => {
  const adapter = await gpu?.requestAdapter();
  expect(adapter, "this Chromium gives no WebGPU adapter; it is started with --enable-unsafe-webgpu").toBeTruthy();
  // Counted at the queue: work that reached the adapter, not a setting that says so.
  const queue = (globalThis as unknown as { GPUQueue: { prototype: { submit(buffers: unknown): void } } }).GPUQueue.prototype;
  const submit = queue.submit;
  let submitted = 0;
  queue.submit = function (buffers) {
    submitted += 1;
    return submit.call(this, buffers);
  };
  try {
    const onGpu = await answerOn("auto");
    expect(submitted).toBeGreaterThan(0);
    const before = submitted;
    const onWasm = await answerOn("wasm");
    expect(submitted).toBe(before);
    expect(onGpu?.usage.outputTokens).toBe(6);
    expect(onGpu).toEqual(onWasm);
  } finally {
    queue.submit = submit;
  }
});
