// Preloaded into an author's tests (node --import): their plugin runs in the sandbox wherever a test host installs it, and nothing else changes.
import { readFile } from "node:fs/promises";
import type { AnyPlugin } from "@orrery/sdk";
import { describeSource, type SandboxEngine, sandboxedPlugin } from "@orrery/sdk/sandbox";
import { nodePlatform } from "../platform.ts";
import { nodeSandboxEngine } from "../sandbox/node-engine.ts";

const file = process.env["ORRERY_TEST_PLUGIN"];
/** The tab whose sandbox it is; Node's when absent. */
const tab = process.env["ORRERY_TEST_TAB"];
let engine: Promise<SandboxEngine> | undefined;

/** The plugin under test as a stranger's; undefined for any other. */
async function sandboxedTwin(plugin: AnyPlugin): Promise<AnyPlugin | undefined> {
  if (file === undefined) return undefined;
  const code = await readFile(file, "utf8");
  engine ??= tab === undefined ? Promise.resolve(nodeSandboxEngine()) : import("./borrowed-tab.ts").then(({ borrowTab }) => borrowTab(tab));
  const guests = await engine;
  const { manifest, hooks, requires, provides } = await describeSource(code, guests, nodePlatform().clock);
  return manifest.id === plugin.manifest.id ? sandboxedPlugin({ manifest: { ...manifest, hooks, requires, provides }, code, engine: guests }) : undefined;
}

Object.assign(globalThis, { [Symbol.for("orrery.test-realm")]: sandboxedTwin });
