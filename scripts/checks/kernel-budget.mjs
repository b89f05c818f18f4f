import { gzipSync } from "node:zlib";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { codeLines } from "../lib/code-lines.mjs";
import { root } from "../lib/paths.mjs";
import { isProductSource, projectFiles, textOf } from "../lib/project-files.mjs";

const limits = { codeLines: 1_500, fileLines: 250, gzipBytes: 30 * 1024 };

/** The kernel stays small: code lines in all, lines a file, and bytes gzipped with tapable and tsyringe. */
export const kernelBudget = {
  name: "kernel budget",
  async run() {
    const files = projectFiles(/^kernel\/src\/.*\.ts$/).filter(isProductSource);
    if (files.length === 0) return { failures: ["kernel/src holds no source"], summary: "" };
    const failures = [];
    let total = 0;
    for (const file of files) {
      const text = textOf(file);
      total += codeLines(file, text);
      const lines = text.split("\n").length - 1;
      if (lines > limits.fileLines) failures.push(`${file} has ${lines} lines; ${limits.fileLines} are allowed`);
    }
    if (total > limits.codeLines) failures.push(`kernel/src has ${total} code lines; ${limits.codeLines} are allowed`);
    const bytes = await bundledSize();
    if (bytes > limits.gzipBytes) failures.push(`the kernel with its libraries is ${bytes} bytes gzipped; ${limits.gzipBytes} are allowed`);
    return { failures, summary: `${total} of ${limits.codeLines} code lines in ${files.length} files, ${(bytes / 1024).toFixed(1)} of 30 KB gzipped` };
  },
};

/** What a host pays for the kernel alone, minified as hosts are. */
async function bundledSize() {
  const bundle = await rolldown({
    input: join(root, "kernel/src/index.ts"),
    cwd: join(root, "kernel"),
    platform: "neutral",
    resolve: { mainFields: ["module", "main"] },
    logLevel: "silent",
  });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  await bundle.close();
  return output.reduce((sum, chunk) => sum + (chunk.type === "chunk" ? gzipSync(chunk.code, { level: 9 }).length : 0), 0);
}
