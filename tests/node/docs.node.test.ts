import { expect, it } from "vitest";
import { quotedPages } from "../../scripts/docs/quotes.mjs";
import { textOf } from "../../scripts/lib/project-files.mjs";

it("shows in the docs the very code that the examples' tests ran", () => {
  const pages = quotedPages();
  expect([...pages.keys()]).toEqual(expect.arrayContaining(["docs/plugin-guide.md", "docs/topologies.md"]));
  for (const [page, filled] of pages) expect(textOf(page)).toBe(filled);
});
