import { build } from "./lib/build.mjs";
import { main, setup } from "./setup.mjs";

// npm run check [-- --update] [--fix] [--only NAME]: --update writes the API reports anew, --fix lets Biome correct what it can.
await main(async () => {
  await setup(import.meta.url);
  const args = process.argv.slice(2);
  const at = args.indexOf("--only");
  const only = at < 0 ? undefined : args[at + 1];
  const broken = only ? undefined : await build().catch((error) => error);
  const { check } = await import("./lib/check.mjs");
  const { passed, failed } = await check({ update: args.includes("--update"), fix: args.includes("--fix"), only });
  if (broken) throw new Error(`${passed} checks hold, ${failed} do not, and the build fails: ${broken.message}`);
  if (passed + failed === 0) throw new Error(`no check is called "${only}".`);
  console.log(`${passed} checks hold, ${failed} do not`);
  return failed > 0 ? 1 : 0;
});
