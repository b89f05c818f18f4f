import { join } from "node:path";
import { binFolder, projectEnv } from "../lib/paths.mjs";
import { capture } from "../lib/run.mjs";

/** Biome: lint rules and formatting; `npm run check -- --fix` writes what can be corrected safely. */
export const lint = {
  name: "lint and format",
  async run({ fix }) {
    const args = fix ? ["check", "--write"] : ["check"];
    const { code, stdout, stderr } = await capture(join(binFolder, "biome"), [...args, "--max-diagnostics=none", "--colors=off"], { env: projectEnv() });
    const text = `${stdout}\n${stderr}`;
    const summary = /Checked (\d+) files?/.exec(text)?.[0] ?? "no file was checked";
    if (code === 0 && summary.startsWith("Checked")) return { failures: [], summary };
    const found = [...text.matchAll(/^(\S+) ((?:lint|parse|suppressions|format)\S*)/gm)].map(([, place, rule]) => `${place} ${rule}`);
    const unformatted = found.filter((line) => line.endsWith(" format")).length;
    const rest = found.filter((line) => !line.endsWith(" format"));
    const format = unformatted > 0 ? [`${unformatted} files are not formatted`] : [];
    const failures = found.length > 0 ? [...rest, ...format] : text.trim().split("\n").slice(0, 40);
    return {
      failures: [...failures, "`npm run check -- --fix` formats and corrects what is safe; `node_modules/.bin/biome check` explains the rest"],
      summary,
    };
  },
};
