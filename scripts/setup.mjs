// Plain JavaScript on Node's own modules: this runs before anything is installed, on Node 20 too.
import { realpathSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { install } from "./lib/install.mjs";
import { projectEnv, projectNode } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";

/** Installs what is missing; when `entry` runs on another Node than the workspace's, starts it again there and exits with its code. */
export async function setup(entry) {
  await install();
  const node = projectNode();
  if (realpathSync(node) === realpathSync(process.execPath)) return;
  if (process.env.ORRERY_REEXEC === "1") return;
  const code = await run(node, [fileURLToPath(entry), ...process.argv.slice(2)], { env: projectEnv({ ORRERY_REEXEC: "1" }) });
  process.exit(code);
}

/** Runs a script's body; a failure is one clear message and exit code 1. */
export async function main(body) {
  try {
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    console.error(`orrery: ${error instanceof Error ? error.message : error}`);
    if (process.env.ORRERY_DEBUG) console.error(error);
    process.exitCode = 1;
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) await main(() => setup(import.meta.url));
