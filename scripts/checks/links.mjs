import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { root } from "../lib/paths.mjs";
import { projectFiles, textOf } from "../lib/project-files.mjs";

/** Every relative link of a Markdown page leads to a file that is there. Example and model folders hold documents, not pages. */
export const links = {
  name: "links in the docs",
  async run() {
    const failures = [];
    let count = 0;
    for (const file of projectFiles(/\.md$/).filter((name) => !/^(examples|tests\/fixtures|plugins\/embeddings\/model)\//.test(name))) {
      const text = textOf(file)
        .replace(/```[\s\S]*?```/g, "")
        .replace(/`[^`\n]*`/g, "");
      for (const [, target] of text.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)) {
        if (/^(?:[a-z]+:|#)/i.test(target)) continue;
        count++;
        const path = normalize(join(dirname(file), decodeURI(target.split("#")[0])));
        if (path.startsWith("..") || !existsSync(join(root, path))) failures.push(`${file} links to ${target}, which is not there`);
      }
    }
    return { failures, summary: `${count} relative links` };
  },
};
