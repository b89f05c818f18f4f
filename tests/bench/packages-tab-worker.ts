// The kernel's worker of packages-tab.bench.ts: installs and removes packages as a tab does, with its store and its sandbox, and says how long it took and what is left.
import { framesOver, tabSandboxEngine } from "@orrery/host-browser/sandbox";
import { createKernel } from "@orrery/kernel";
import { lifecycle } from "@orrery/sdk";
import { packPlugin } from "@orrery/sdk/package";
import type { SandboxEngine } from "@orrery/sdk/sandbox";
import { z } from "zod";
import { StateDatabase } from "../../host-browser/src/database.ts";
import { browserPlatform } from "../../host-browser/src/platform.ts";
import { Packages } from "../../host-browser/src/sandbox/packages.ts";
import { storagePlugin } from "../../host-browser/src/storage.ts";
import { Tabs } from "../../host-browser/src/tabs.ts";

z.config({ jitless: true });
type Asked = { readonly frames: MessagePort } | { readonly rounds: number } | { readonly install: number } | { readonly remove: true };

const packed = (id: string) => {
  const manifest = { id, version: "1.0.0", api: "^1.0", capabilities: [], hooks: ["step.before"], requires: {}, provides: [] };
  return packPlugin({
    manifest,
    code: `export default { manifest: { id: "${id}", version: "1.0.0", api: "^1.0" }, setup({ tap }) { tap("step.before", () => undefined); } };`,
  });
};
const consent = { grant: [], unsigned: true };
const state = new StateDatabase("packages-bench");
const kernel = createKernel({ hooks: lifecycle, platform: browserPlatform });
let engine: SandboxEngine;
let packages: Packages;

async function done(asked: Asked): Promise<object> {
  if ("frames" in asked) {
    engine = tabSandboxEngine({ warm: 0, frames: framesOver(asked.frames) });
    packages = new Packages({ kernel, state, tabs: new Tabs("packages-bench") }, engine);
    await kernel.install(storagePlugin(state), { tier: "core" });
    await packages.start();
  } else if ("rounds" in asked) {
    const bytes = await packed("bench.packed");
    const began = performance.now();
    for (let round = 0; round < asked.rounds; round += 1) {
      await packages.install(bytes, consent);
      await packages.remove("bench.packed");
    }
    return { ms: (performance.now() - began) / asked.rounds, ...(await left()) };
  } else if ("install" in asked) {
    for (let at = 0; at < asked.install; at += 1) await packages.install(await packed(`bench.packed-${at}`), consent);
  } else for (const { id } of await packages.list()) await packages.remove(id);
  return left();
}

async function left(): Promise<object> {
  (globalThis as { gc?(): void }).gc?.();
  const rows = (await Promise.all(state.tables.map((table) => table.count()))).reduce((sum, count) => sum + count, 0);
  return { workers: engine.workers(), plugins: kernel.inspect().plugins.length, taps: kernel.explain("step.before").taps.length, rows };
}

let working: Promise<unknown> = Promise.resolve();
self.onmessage = ({ data }: MessageEvent<Asked>) => {
  working = working.then(async () => {
    const said = await done(data);
    if (!("frames" in data)) self.postMessage(said);
  });
};
