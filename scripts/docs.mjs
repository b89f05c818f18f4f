// node scripts/docs.mjs [--check]: writes docs/hooks.md, docs/error-codes.md and the code quoted in pages; --check only says what differs.
import { docs } from "./lib/docs.mjs";

const write = !process.argv.includes("--check");
const { differing, pages } = await docs({ write });
for (const page of differing) console.log(write ? `wrote ${page}` : `${page} no longer matches the code: run node scripts/docs.mjs`);
console.log(`${pages - differing.length} of ${pages} pages ${write ? "were" : "are"} as the code has them`);
if (!write && differing.length > 0) process.exitCode = 1;
