#!/usr/bin/env node
// Plain JavaScript, so that an old Node gets a sentence and not a syntax error.
import { existsSync, readdirSync, statSync } from "node:fs";
import * as nodeModule from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("..", import.meta.url));
const [major, minor] = process.versions.node.split(".").map(Number);

if (major < 22) {
  process.stderr.write(
    `orrery: Node 22 or newer is needed, and this is ${process.version}. Install Node 24 from https://nodejs.org and run the command again.\n`,
  );
  process.exitCode = 1;
} else if (bundleIsCurrent()) {
  // Saves about a quarter of the start from the second one on. A folder of one's own: code from a shared one could be another's.
  nodeModule.enableCompileCache?.(join(process.env.XDG_CACHE_HOME || process.env.LOCALAPPDATA || join(homedir(), ".cache"), "orrery", "compile"));
  await import("../dist/main.js");
} else if (major > 22 || minor >= 18) {
  await import("../src/main.ts");
} else {
  process.stderr.write(`orrery: this checkout is not built, and ${process.version} cannot run its sources. Run \`npm run build\`, or use Node 24.\n`);
  process.exitCode = 1;
}

/** A product has only its bundle; in a checkout the sources win when they are newer, so an edit is never ignored. */
function bundleIsCurrent() {
  const bundle = join(here, "dist", "main.js");
  if (!existsSync(bundle)) return false;
  if (!existsSync(join(here, "src", "main.ts"))) return true;
  const built = statSync(bundle).mtimeMs;
  const workspace = join(here, "..");
  return ["kernel/src", "sdk/src", "plugins", "host-node/src"].every((folder) => !newerThan(built, join(workspace, folder)));
}

function newerThan(time, folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === "node_modules") continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory() ? newerThan(time, path) : entry.name.endsWith(".ts") && !entry.name.endsWith(".test.ts") && statSync(path).mtimeMs > time)
      return true;
  }
  return false;
}
