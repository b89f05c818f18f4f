import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the repository. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** Where set-up leaves the programs of the workspace, Node included. */
export const binFolder = join(root, "node_modules", ".bin");

/** The Node that the product and its tools run on: the one brought along, else the machine's own. */
export function projectNode() {
  const bundled = join(binFolder, "node");
  return existsSync(bundled) ? bundled : process.execPath;
}

/** The environment of every program a script starts: the workspace's programs come first. */
export function projectEnv(extra = {}) {
  return { ...process.env, PATH: `${binFolder}${delimiter}${process.env.PATH ?? ""}`, ...extra };
}
