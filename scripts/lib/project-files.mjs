import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";

/** The folders of the workspace, in the order in which they may depend on one another. */
export const packages = ["kernel", "sdk", "plugins", "host-node", "host-browser", "playground", "tests"];

/** Every file that belongs to the project (in git, or about to be), relative to its root, "/" between folders. */
export function projectFiles(pattern = /./) {
  const list = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], { cwd: root, encoding: "utf8", maxBuffer: 1 << 26 });
  return list
    .split("\0")
    .filter((file) => file && pattern.test(file) && existsSync(join(root, file)))
    .sort();
}

/** A project file's text. */
export function textOf(file) {
  return readFileSync(join(root, file), "utf8");
}

/** Source that a person wrote: no test, no generated declaration. */
export function isProductSource(file) {
  return /\.(ts|tsx)$/.test(file) && !/\.test\.tsx?$/.test(file) && !file.endsWith(".d.ts") && !/(^|\/)testing\//.test(file);
}
