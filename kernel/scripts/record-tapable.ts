// Records what tapable's own generated code does, for the suite to replay where code generation is forbidden.
// Run it after a change of tapable's version or of the scenarios: node kernel/scripts/record-tapable.ts
import { writeFile } from "node:fs/promises";
import { fingerprint, play, scenarios } from "../src/testing/tapable-scenarios.ts";

const lines: string[] = [];
for (const scenario of scenarios()) lines.push(`  ${JSON.stringify(fingerprint(await play(scenario, true)))},`);
const text = `/** Fingerprints of what tapable 2.3.4 itself did in each of \`scenarios()\`, in their order. Made by kernel/scripts/record-tapable.ts. */\nexport const tapableRecord: readonly string[] = [\n${lines.join("\n")}\n];\n`;
await writeFile(new URL("../src/testing/tapable-record.ts", import.meta.url), text);
