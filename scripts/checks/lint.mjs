import { join } from "node:path";
import { binFolder, projectEnv } from "../lib/paths.mjs";
import { capture } from "../lib/run.mjs";

/** Biome: lint rules and formatting; `npm run check -- --fix` writes what can be corrected safely. */
export const lint = {
  name: "lint and format",
  async run({ fix }) {
    const args = fix ? ["check", "--write"] : ["check"];
    const { code, stdout, stderr } = await capture(join(binFolder, "biome"), [...args, "--max-diagnostics=60", "--colors=off", "--reporter=summary"], {
      env: projectEnv(),
    });
    const text = `${stdout}${stderr}`.trim();
    const summary = /Checked (\d+) files?/.exec(text)?.[0] ?? "no file was checked";
    return {
      failures: code === 0 && summary.startsWith("Checked") ? [] : [...text.split("\n"), "run `npm run check -- --fix`, then correct the rest"],
      summary,
    };
  },
};
