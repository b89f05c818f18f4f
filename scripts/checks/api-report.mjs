import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { emitDeclarations } from "../lib/declarations.mjs";
import { publicApi } from "../lib/public-api.mjs";
import { root } from "../lib/paths.mjs";

const reported = ["kernel", "sdk", "host-node", "host-browser"];

/** The public names of each package with their signatures, kept in docs/api: a change to them is seen in review. */
export const apiReport = {
  name: "public API reports",
  async run({ update }) {
    const failures = [];
    const written = [];
    for (const name of reported) {
      if (!existsSync(join(root, name, "src", "index.ts"))) {
        failures.push(`${name}/src/index.ts is missing`);
        continue;
      }
      const report = await reportOf(name);
      if (report.failure) {
        failures.push(report.failure);
        continue;
      }
      const file = join("docs", "api", `${name}.api.md`);
      const before = existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : undefined;
      if (before === report.text) continue;
      if (!update) {
        failures.push(
          `${file} ${before === undefined ? "is missing" : "no longer matches the code"}: run \`npm run check -- --update\` and look at the difference`,
        );
        continue;
      }
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), report.text);
      written.push(file);
    }
    return { failures, summary: written.length > 0 ? `wrote ${written.join(", ")}` : reported.join(", ") };
  },
};

async function reportOf(name) {
  const out = mkdtempSync(join(tmpdir(), "orrery-api-"));
  try {
    const { stdout, stderr } = await emitDeclarations(name, out, "--stripInternal");
    const entry = join(out, name, "src", "index.d.ts");
    if (!existsSync(entry)) return { failure: `no declarations came out of ${name}: ${(stdout + stderr).trim().split("\n")[0] ?? ""}` };
    return { text: publicApi(`@orrery/${name}`, entry) };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
