import { join } from "node:path";
import { binFolder, projectEnv } from "../lib/paths.mjs";
import { capture } from "../lib/run.mjs";

/** knip: files, exports and dependencies that nothing uses, and ones used without being declared. */
export const unused = {
  name: "nothing unused",
  async run() {
    const { code, stdout, stderr } = await capture(join(binFolder, "knip"), ["--no-progress", "--no-config-hints"], { env: projectEnv() });
    return { failures: code === 0 ? [] : `${stdout}\n${stderr}`.trim().split("\n"), summary: "files, exports, dependencies" };
  },
};
