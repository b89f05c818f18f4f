import { build } from "./lib/build.mjs";
import { main, setup } from "./setup.mjs";

await main(async () => {
  await setup(import.meta.url);
  await build({ force: process.argv.includes("--force") });
});
