import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../lib/paths.mjs";
import { projectFiles, textOf } from "../lib/project-files.mjs";

const quote = /<!-- quote: (\S+) -->\n```(\w+)\n[\s\S]*?```/g;

/** Pages with their code blocks filled from the files they name: what a page shows is what the tests ran. */
export function quotedPages() {
  const pages = new Map();
  for (const page of projectFiles(/^(docs\/([^/]+|plugins\/[^/]+)|README)\.md$/)) {
    const text = textOf(page);
    const filled = text.replace(quote, (_, path, language) => {
      const file = join(dirname(page), path);
      if (!existsSync(join(root, file))) throw new Error(`${page} quotes ${path}, which is not there`);
      return `<!-- quote: ${path} -->\n\`\`\`${language}\n${readFileSync(join(root, file), "utf8").trim()}\n\`\`\``;
    });
    if (quote.test(text)) pages.set(page, filled);
    quote.lastIndex = 0;
  }
  return pages;
}
