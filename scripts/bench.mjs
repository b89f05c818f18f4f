import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "./lib/build.mjs";
import { projectEnv, projectNode, root } from "./lib/paths.mjs";
import { projectFiles } from "./lib/project-files.mjs";
import { run } from "./lib/run.mjs";
import { main, setup } from "./setup.mjs";

// npm run bench [-- NAME] [--write]: runs the benchmarks whose file holds NAME one after another, each a program that prints its own table.
// The peers' packages are installed for theirs and for nothing else; --write makes a page of it (docs/benchmarks.md).
await main(async () => {
  await setup(import.meta.url);
  await build();
  const wanted = process.argv[2]?.startsWith("--") ? undefined : process.argv[2];
  const options = process.argv.slice(2).filter((each) => each.startsWith("--"));
  const benches = projectFiles(/^tests\/bench\/.*\.bench\.(ts|mjs)$/).filter((file) => !wanted || file.includes(wanted));
  if (benches.length === 0) throw new Error(wanted ? `no benchmark's name holds "${wanted}".` : "tests/bench holds no benchmark.");
  let worst = 0;
  for (const file of benches) {
    console.log(`\n${file}`);
    if (file.includes("/peers/")) await installPeers(join(root, dirname(file)));
    worst = Math.max(worst, await run(projectNode(), ["--expose-gc", join(root, file), ...options], { env: projectEnv() }));
  }
  return worst;
});

async function installPeers(folder) {
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const args = ["-y", packageManager, "install", "--ignore-workspace", "--frozen-lockfile", "--ignore-scripts", "--reporter=silent"];
  if ((await run("npx", args, { cwd: folder, env: projectEnv({ CI: "true" }) })) !== 0)
    throw new Error(`the peers could not be installed (npx ${args.join(" ")} in ${folder}).`);
}
