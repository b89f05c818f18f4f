import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PluginReport } from "@orrery/sdk";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cli, cli } from "../support/cli.ts";

const source = `import { definePlugin } from "@orrery/sdk";
export default definePlugin({
  manifest: { id: "acme.signature", version: "1.0.0", api: "^1.0", title: "Signs\\u001b[2J its work", capabilities: ["storage:1KB", { name: "net:example.org", reason: "to tell its author" }] },
  setup({ tap, can, log }) {
    const place = typeof process === "undefined" && !can("net:example.org") ? "inside" : "OUTSIDE";
    tap("step.after", ({ agent, text }) => log.warn("saw\\u001b[31m " + agent + " write " + text.length + " characters from " + place), { filter: { agent: "writer" } });
  },
});`;

let machine: Cli;
let folder: string;
beforeAll(async () => {
  machine = await cli();
  folder = join(machine.home, "work");
  await mkdir(join(machine.home, "orrery"), { recursive: true });
  await mkdir(join(folder, "docs"), { recursive: true });
  await writeFile(join(folder, "docs", "pump.md"), "# Pump\n\nThe pump was replaced on 4 May. It moves 120 litres a minute.\n");
  await writeFile(join(folder, "signature.js"), source);
  await writeFile(join(folder, "loop.js"), "for (;;) {}\nexport default {};");
  await writeFile(join(folder, "ours.js"), source.replace("acme.signature", "orrery.signature"));
  const sandboxed = [
    { file: join(folder, "signature.js"), grant: ["storage:1KB"] },
    { file: join(folder, "loop.js") },
    { file: join(folder, "gone.js") },
    { file: join(folder, "ours.js") },
  ];
  await writeFile(join(machine.home, "orrery", "config.json"), JSON.stringify({ sandboxed }));
});
afterAll(() => machine?.remove());

it("a stranger's file works in a run, in its sandbox, with what it was granted and no more", async () => {
  const ran = await machine.json(["run", "When was the pump replaced?", "--docs", join(folder, "docs")]);
  expect(ran.object.output).toContain("The pump was replaced on 4 May.");
  expect(ran.stderr.match(/^warn saw\[31m writer write [1-9]\d* characters from inside$/gm)).toHaveLength(1);
  expect(ran.stderr).not.toContain("OUTSIDE");
});

it("and says what it has and what was denied; a file that cannot be loaded is named, and the rest goes on", async () => {
  const inspected = await machine.json<{ plugin?: PluginReport } & PluginReport>(["plugins", "inspect", "acme.signature"]);
  expect((await machine.run(["plugins", "list"])).stdout).toContain("Signs[2J its work");
  expect(inspected.stdout).toContain('"community"');
  expect(inspected.stdout).toContain('"storage:1KB"');
  const listed = await machine.json<{ plugins: PluginReport[]; notLoaded: { plugin: string; code: string }[] }>(["plugins", "list"]);
  expect(listed.object.plugins.find(({ id }) => id === "acme.signature")).toMatchObject({
    state: "active",
    tier: "community",
    taps: [{ hook: "step.after", phase: "main" }],
    capabilities: { granted: ["storage:1KB"], denied: ["net:example.org"] },
  });
  expect(listed.object.notLoaded).toEqual([
    { plugin: join(folder, "loop.js"), code: "SANDBOX_INTERRUPTED", message: expect.stringContaining("ran longer than") },
    { plugin: join(folder, "gone.js"), code: "PLUGIN_NOT_FOUND", message: expect.any(String) },
    { plugin: join(folder, "ours.js"), code: "PLUGIN_ID_RESERVED", message: expect.stringContaining("orrery.signature") },
  ]);
});
