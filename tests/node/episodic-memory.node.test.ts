import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import embeddings from "@orrery/plugins/embeddings";
import memory from "@orrery/plugins/memory/episodic";
import { createTestHost, samples, type TestHost } from "@orrery/sdk/testing";
import { afterEach, describe, expect, it } from "vitest";

const folders = ["../../plugins/embeddings/model/", "../../plugins/node_modules/onnxruntime-web/dist/"].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);
const assets = async (name: string): Promise<Uint8Array | undefined> => {
  for (const folder of folders) {
    const bytes = await readFile(folder + name.replace(/^ort\//, "")).catch(() => undefined);
    if (bytes) return bytes;
  }
  return undefined;
};

let host: TestHost;
afterEach(() => host.close());
const recalledFor = async (remembered: string, asked: string): Promise<number> => {
  host = await createTestHost({ plugins: [embeddings, memory], assets });
  const workspace = "w";
  await host.call("task.memorize", samples.outcome({ task: samples.task({ run: "run_before", text: remembered, workspace }) }));
  const plan = await host.call("task.plan", samples.plan({ task: samples.task({ text: asked, workspace }) }));
  return plan.recalled.length;
};

describe("episodic memory with the embedded encoder", () => {
  it.each([
    ["How does the plugin system isolate errors, and what are its limits?", "How are errors in plugins handled, and which hooks see them?"],
    ["How does the plugin system isolate errors, and what are its limits?", "What happens to an exception in a plugin?"],
    ["Which Node versions are supported?", "What is the minimum Node version?"],
    ["Who pays for the ferry?", "How is the ferry financed?"],
    ["How do I enable HTTP2?", "Which settings does HTTP/2 need?"],
  ])("recalls %j for %j", async (remembered, asked) => {
    expect(await recalledFor(remembered, asked)).toBe(1);
  });

  it.each([
    ["How does the plugin system isolate errors, and what are its limits?", "How do I enable HTTP2?"],
    ["How does the plugin system isolate errors, and what are its limits?", "What is the capital of France?"],
    ["How do I enable HTTP2?", "Which Node versions are supported?"],
    ["How many passengers can the ferry carry?", "Who pays for the ferry?"],
    ["Summarise the budget of the harbour works", "Summarise the minutes of the school board"],
    ["插件系统如何隔离错误", "今天晚上吃什么好"],
    ["Кто платит за паром?", "Как приготовить борщ дома?"],
  ])("does not recall %j for %j", async (remembered, asked) => {
    expect(await recalledFor(remembered, asked)).toBe(0);
  });
});
