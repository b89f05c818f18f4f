import transformers from "@orrery/plugins/providers/transformers";
import { createTestHost } from "@orrery/sdk/testing";
import { expect, it } from "vitest";
import { fixtureAssets } from "./fixture-assets.ts";

it("writes a few tokens on a WebGPU adapter", { timeout: 120_000 }, async () => {
  const gpu = (navigator as { gpu?: { requestAdapter(): Promise<unknown> } }).gpu;
  expect(await gpu?.requestAdapter(), "this Chromium gives no WebGPU adapter; it is started with --enable-unsafe-webgpu").toBeTruthy();
  const host = await createTestHost({ plugins: [[transformers, { config: { models: ["tiny-llama"] } }]], assets: fixtureAssets });
  const answer = await host.call("model.call", {
    id: "r1",
    origin: { run: "run_1", task: "t", step: "s", agent: "ann", plugin: "p", actor: "me", workspace: "w" },
    model: "transformers/tiny-llama",
    skill: "write",
    system: "",
    messages: [{ role: "user", content: "What is luck?" }],
    view: { task: "t", round: 0, inputs: [], recalled: [], thread: [], feedback: [] },
    maxOutputTokens: 4,
    temperature: 0,
  });
  expect(answer?.value).toMatchObject({ usage: { outputTokens: 4 }, text: expect.stringMatching(/\w/) });
  await host.close();
});
