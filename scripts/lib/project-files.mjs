import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";

/** The folders of the workspace, in the order in which they may depend on one another. */
export const packages = ["kernel", "sdk", "plugins", "host-node", "host-browser", "playground", "tests", "docs"];

/** Every file that belongs to the project (in git, or about to be), relative to its root, "/" between folders. */
export function projectFiles(pattern = /./) {
  const list = fromGit() ?? fromFolders("");
  return list.filter((file) => pattern.test(file) && existsSync(join(root, file))).sort();
}

function fromGit() {
  try {
    const options = { cwd: root, encoding: "utf8", maxBuffer: 1 << 26, stdio: ["ignore", "pipe", "ignore"] };
    const list = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], options).split("\0").filter(Boolean);
    return list.length > 0 ? list : undefined;
  } catch {
    return undefined;
  }
}

/** The same without git, as in an unpacked archive: all but what is installed or built. */
function fromFolders(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    if (entry.isDirectory())
      return ["node_modules", "dist", "dist.new", ".git", ".orrery", "coverage", ".cache", "test-results"].includes(entry.name) ? [] : fromFolders(path);
    return [path];
  });
}

/** A project file's text. */
export function textOf(file) {
  return readFileSync(join(root, file), "utf8");
}

/** Source that a person wrote: no test, no generated declaration. */
export function isProductSource(file) {
  return /\.(ts|tsx)$/.test(file) && !/\.test\.tsx?$/.test(file) && !file.endsWith(".d.ts") && !/(^|\/)testing\//.test(file);
}
