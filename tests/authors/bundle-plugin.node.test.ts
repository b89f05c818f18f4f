import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { nodeSandboxEngine } from "@orrery/host-node/sandbox";
import { describeSource, sandboxedPlugin } from "@orrery/sdk/sandbox";
import { createTestHost, samples } from "@orrery/sdk/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { bundlePlugin } from "../../host-node/src/packages/bundle-plugin.ts";
import { root, scratch } from "../node/support.ts";

async function folder(files: Record<string, string>): Promise<string> {
  const place = scratch("bundle");
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(place, path)), { recursive: true });
    await writeFile(join(place, path), content);
  }
  return place;
}
const clock = { now: () => Date.now(), sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) };

describe("a plugin's bundle", () => {
  it("is one module of TypeScript, its own files and its libraries, and runs in the sandbox with zod in it", async () => {
    const place = await folder({
      "package.json": '{ "type": "module" }',
      "index.ts": `import { definePlugin } from "@orrery/sdk";
import { z } from "zod";
import { greet } from "./src/greet.ts";
export default definePlugin({
  manifest: { id: "acme.typed", version: "1.0.0", api: "^1.0" },
  config: z.object({ word: z.string().min(2).default("Hello") }).prefault({}),
  setup({ tap, config, plugin }) {
    tap("task.plan", (plan) => ({ ...plan, notes: [...plan.notes, { by: plugin.id, text: greet(config.word satisfies string) }] }));
  },
});`,
      "src/greet.ts": "export const greet = (word: string): string => `${word}!`;",
    });
    await mkdir(join(place, "node_modules"));
    await symlink(join(root, "sdk/node_modules/zod"), join(place, "node_modules/zod"), "junction");
    const { code, warnings } = await bundlePlugin(place);
    expect(warnings).toEqual([]);
    expect([...code.matchAll(/^import .* from "(.*)";$/gm)].map(([, from]) => from)).toEqual(["@orrery/sdk"]);

    const engine = nodeSandboxEngine({ warm: 0 });
    onTestFinished(() => engine.close());
    const { manifest, hooks, requires, provides } = await describeSource(code, engine, clock);
    const plugin = sandboxedPlugin({ manifest: { ...manifest, hooks, requires, provides }, code, engine });
    const host = await createTestHost({ plugins: [[plugin, { tier: "community", config: { word: "Hi" } }]] });
    onTestFinished(() => host.close());
    expect((await host.call("task.plan", samples.plan())).notes).toEqual([{ by: "acme.typed", text: "Hi!" }]);
    const refused = await createTestHost({ plugins: [[plugin, { tier: "community", config: { word: "H" } }]] });
    onTestFinished(() => refused.close());
    expect(refused.report("acme.typed")?.error?.message).toContain("word: ");
  });

  it("names file and line of what is wrong in the source", async () => {
    const wrong = await folder({ "index.js": 'import { definePlugin } from "@orrery/sdk";\n\nexport default definePlugin({ manifest: { id: } });' });
    await expect(bundlePlugin(wrong)).rejects.toMatchObject({ code: "SOURCE_INVALID", message: 'index.js:3:47: Unexpected "}"' });
    const node = await folder({ "index.js": "", "src/index.js": "" });
    await writeFile(join(node, "index.js"), 'import "./lib.js";\n');
    await writeFile(join(node, "lib.js"), '\nimport { readFile } from "node:fs/promises";\nexport const x = readFile;\n');
    await expect(bundlePlugin(node)).rejects.toMatchObject({
      message: 'lib.js:2:26: Could not resolve "node:fs/promises". A plugin in a sandbox has nothing of Node: ask the host for a service instead',
    });
    await expect(bundlePlugin(join(node, "none"))).rejects.toMatchObject({ code: "PLUGIN_NOT_FOUND" });
    await expect(bundlePlugin(await folder({ "readme.md": "" }))).rejects.toMatchObject({ code: "PLUGIN_NOT_FOUND" });
    await expect(bundlePlugin(await folder({ "package.json": "{" }))).rejects.toMatchObject({ code: "PLUGIN_INVALID" });
  });

  it("knows where each of its lines comes from, and is the same for the same source", async () => {
    const place = await folder({ "package.json": '{ "exports": "./main.ts" }', "main.ts": "const before: number = 1;\nexport default { here: before };\n" });
    const { code, placed } = await bundlePlugin(place);
    const line = code.split("\n").findIndex((text) => text.includes("here:"));
    const column = 1 + (code.split("\n")[line] ?? "").indexOf("here");
    expect(placed(`thrown at plugin.js:${line + 1}:${column}`)).toMatch(/^thrown at main\.ts:2:\d+$/);
    expect((await bundlePlugin(join(place, "main.ts"))).code).toBe(code);
  });
});
