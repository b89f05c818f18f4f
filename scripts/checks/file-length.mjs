import { projectFiles, textOf } from "../lib/project-files.mjs";

const limit = 400;

/** No source file is longer than 400 lines unless its head gives the reason ("Over 400 lines because …", or "Made by <script>"). */
export const fileLength = {
  name: "file length",
  async run() {
    const files = projectFiles(/^(kernel|sdk|plugins|host-node|host-browser|playground|scripts|tests)\/.*\.(ts|tsx|mjs|js|css)$/).filter(
      (file) => !file.startsWith("tests/fixtures/"),
    );
    const failures = [];
    for (const file of files) {
      const text = textOf(file);
      const lines = text.split("\n").length - 1;
      if (lines > limit && !/over 400 lines because|\bmade by \S+\.(?:ts|mjs)/i.test(text.slice(0, 1_000)))
        failures.push(`${file} has ${lines} lines: split it, or give the reason in its head ("Over 400 lines because …")`);
    }
    return { failures, summary: `${files.length} files` };
  },
};
