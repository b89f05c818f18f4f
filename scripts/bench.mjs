import { join } from "node:path";
import { build } from "./lib/build.mjs";
import { projectEnv, projectNode, root } from "./lib/paths.mjs";
import { projectFiles } from "./lib/project-files.mjs";
import { run } from "./lib/run.mjs";
import { main, setup } from "./setup.mjs";

// npm run bench [-- NAME]: runs tests/bench/*.bench.ts one after another, each a program that prints its own table.
await main(async () => {
  await setup(import.meta.url);
  await build();
  const wanted = process.argv[2];
  const benches = projectFiles(/^tests\/bench\/.*\.bench\.ts$/).filter((file) => !wanted || file.includes(wanted));
  if (benches.length === 0) throw new Error(wanted ? `no benchmark's name holds "${wanted}".` : "tests/bench holds no benchmark.");
  let worst = 0;
  for (const file of benches) {
    console.log(`\n${file}`);
    worst = Math.max(worst, await run(projectNode(), [join(root, file)], { env: projectEnv() }));
  }
  return worst;
});
