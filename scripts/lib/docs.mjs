import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cliPage } from "../docs/cli-page.mjs";
import { errorCodesPage } from "../docs/error-codes-page.mjs";
import { hooksPage } from "../docs/hooks-page.mjs";
import { httpPage } from "../docs/http-page.mjs";
import { quotedPages } from "../docs/quotes.mjs";
import { root } from "./paths.mjs";

/** Brings the generated pages, and the code that pages quote, up to what the sources say. Gives back the pages that differed; `write: false` changes nothing. */
export async function docs({ write }) {
  const pages = new Map([
    ["docs/hooks.md", await hooksPage()],
    ["docs/error-codes.md", await errorCodesPage()],
    ["docs/cli.md", cliPage()],
    ["docs/http-api.md", await httpPage()],
    ...quotedPages(),
  ]);
  const differing = [];
  for (const [page, text] of pages) {
    const path = join(root, page);
    if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
    differing.push(page);
    if (write) writeFileSync(path, text);
  }
  return { differing, pages: pages.size };
}
