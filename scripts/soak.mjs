import { join } from "node:path";
import { build } from "./lib/build.mjs";
import { ensureChromium } from "./lib/chromium.mjs";
import { binFolder, projectEnv } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";
import { main, setup } from "./setup.mjs";

// npm run soak: the tests that kill processes and tabs, many times over: 200 kills of a process, 20 of a tab; and 2,000 towers of the topology maker.
await main(async () => {
  await setup(import.meta.url);
  await build();
  const env = projectEnv({ CHROMIUM_PATH: await ensureChromium(), ORRERY_KILLS: "200", ORRERY_TAB_KILLS: "20", ORRERY_TOWERS: "2000" });
  return run(join(binFolder, "vitest"), ["run", "tests/durable/kill.node", "tests/e2e/tab-kill", "maker/towers", "--project", "node", "--project", "e2e"], {
    env,
  });
});
