import { existsSync } from "node:fs";
import { join } from "node:path";
import { cruise } from "dependency-cruiser";
import { root } from "../lib/paths.mjs";
import { packages, projectFiles } from "../lib/project-files.mjs";
import { crossings, forbidden } from "./dependency-rules.mjs";

const read = packages.filter((name) => name !== "tests");

/** The directions in which packages may depend on one another; fails too when the tool read none of a package's modules. */
export const dependencies = {
  name: "dependency directions",
  async run() {
    const present = read.filter((name) => projectFiles(/\.tsx?$/).some((file) => file.startsWith(`${name}/`)));
    const result = await cruise(present, {
      baseDir: root,
      ruleSet: { forbidden },
      validate: true,
      tsPreCompilationDeps: true,
      doNotFollow: { path: "node_modules" },
      exclude: { path: "(^|/)(node_modules|dist|dist.new|coverage|bench)/|\\.css$" },
      enhancedResolveOptions: {
        exportsFields: ["exports"],
        conditionNames: ["import", "default", "node", "types"],
        extensions: [".ts", ".tsx", ".js", ".mjs", ".json"],
      },
    });
    const { modules, summary } = result.output;
    const failures = summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
    failures.push(...crossings(modules, (file) => existsSync(join(root, file))));
    const counts = present.map((name) => [name, modules.filter((module) => module.source.startsWith(`${name}/`)).length]);
    for (const [name, count] of counts) if (count === 0) failures.push(`no module of ${name}/ was read: the check would have seen nothing`);
    return { failures, summary: counts.map(([name, count]) => `${name} ${count}`).join(", ") };
  },
};
