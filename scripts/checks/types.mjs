import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { binFolder, projectEnv, root } from "../lib/paths.mjs";
import { packages, projectFiles } from "../lib/project-files.mjs";
import { capture } from "../lib/run.mjs";

/** TypeScript over every package, its tests included, each with the names its realm has. */
export const types = {
  name: "types",
  async run() {
    const missing = [];
    const projects = ["tsconfig.json"];
    for (const name of packages) {
      const config = `${name}/tsconfig.json`;
      if (existsSync(join(root, config))) projects.push(config);
      else if (projectFiles(/\.tsx?$/).some((file) => file.startsWith(`${name}/`))) missing.push(`${name}/ has TypeScript but no tsconfig.json`);
    }
    const failures = [...missing];
    const known = join(root, "node_modules", ".cache", "types");
    mkdirSync(known, { recursive: true });
    for (const project of projects) {
      // What did not change since the last time is not looked at again.
      const remembered = ["--incremental", "--tsBuildInfoFile", join(known, `${project.replace("/", "-")}.tsbuildinfo`)];
      const { code, stdout, stderr } = await capture(join(binFolder, "tsc"), ["-p", project, "--pretty", "false", ...remembered], { env: projectEnv() });
      if (code !== 0) failures.push(`${project}:`, ...(stdout + stderr).trim().split("\n"));
    }
    return { failures: [...new Set(failures)], summary: `${projects.length} projects` };
  },
};
