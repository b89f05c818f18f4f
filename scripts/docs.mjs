import { main, setup } from "./setup.mjs";

// node scripts/docs.mjs [--check]: writes the generated pages of docs/ and the code quoted in the others; --check only says what differs.
await main(async () => {
  await setup(import.meta.url);
  const write = !process.argv.includes("--check");
  const { docs } = await import("./lib/docs.mjs");
  const { differing, pages } = await docs({ write });
  for (const page of differing) console.log(write ? `wrote ${page}` : `${page} no longer matches the code: run node scripts/docs.mjs`);
  console.log(`${pages - differing.length} of ${pages} pages ${write ? "were" : "are"} as the code has them`);
  return !write && differing.length > 0 ? 1 : 0;
});
