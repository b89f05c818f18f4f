import embeddings from "@orrery/plugins/embeddings";
import { Embeddings } from "@orrery/sdk";
import { createTestHost } from "@orrery/sdk/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = "../../plugins/";
const inNode = typeof window === "undefined";

/** The encoder's files: from disk in Node, from the test server in a browser. */
async function load(name: string): Promise<Uint8Array | undefined> {
  const path = name.startsWith("ort/") ? `node_modules/onnxruntime-web/dist/${name.slice(4)}` : `embeddings/model/${name}`;
  if (inNode) {
    const { readFile } = await import("node:fs/promises");
    return new Uint8Array(await readFile(new URL(root + path, import.meta.url)));
  }
  const response = await fetch(`/plugins/${path}`);
  return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined;
}

const texts = [
  "How does the plugin system isolate errors, and what are its limits?",
  "Error handlers are fully encapsulated, so a `setErrorHandler` call within a plugin will limit the error handler to that plugin's context.",
  "The Aurora will enter scheduled service on 2 June.",
  "今日は晴れ。 🦊 naïve café",
  "",
];
let host: Awaited<ReturnType<typeof createTestHost>>;
beforeAll(async () => {
  host = await createTestHost({ plugins: [embeddings], assets: load });
});
afterAll(() => host.close());
const encoder = () => host.kernel.service(Embeddings) as Embeddings;
const digest = async (vectors: Float32Array[]) => {
  const all = new Float32Array(vectors.flatMap((vector) => [...vector]));
  return [...new Uint8Array(await crypto.subtle.digest("SHA-256", all.buffer))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};

test("the same bits in Node and in Chromium", async () => {
  expect(await digest(await encoder().embed(texts))).toBe("09cf936d7f24c056b6b991c84acd78b3b00b5f47af232cdf19b7163704ca478b");
});

test("a text's vector does not depend on what is asked with it, and is of length 1", async () => {
  const [alone] = await encoder().embed([texts[1] as string]);
  const among = (await encoder().embed([...texts].reverse()))[3];
  expect(among).toEqual(alone);
  expect(Math.hypot(...(alone ?? []))).toBeCloseTo(1, 3);
});

test("related sentences are nearer than unrelated ones", async () => {
  const [a, b, c] = await encoder().embed([
    "How do I return an error from a handler?",
    "An exception thrown in a route is sent to the error handler.",
    "The lambs are sheared in spring.",
  ]);
  const dot = (x: Float32Array | undefined, y: Float32Array | undefined) => (x ?? new Float32Array()).reduce((sum, value, i) => sum + value * (y?.[i] ?? 0), 0);
  expect(dot(a, b)).toBeGreaterThan(dot(a, c) + 0.1);
});
