import { join } from "node:path";
import { build } from "./lib/build.mjs";
import { projectEnv, projectNode, root } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";
import { main, setup } from "./setup.mjs";

await main(async () => {
  await setup(import.meta.url);
  await build();
  return run(projectNode(), [join(root, "host-node", "bin", "orrery.js"), "start", ...process.argv.slice(2)], { env: projectEnv() });
});
