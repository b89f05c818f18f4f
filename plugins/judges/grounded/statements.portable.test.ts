import { expect, test } from "vitest";
import { says, statements } from "./statements.ts";

test("cuts an output behind its citations and leaves headings and code out", () => {
  expect(statements("# Title\n- One is. [a.md#1] Two is. [b/c.md#2][a.md#3]\n\n> No source here.\n```\nx = 1\n```\n---\n")).toEqual([
    { text: "One is.", places: [{ path: "a.md", n: 1 }] },
    {
      text: "Two is.",
      places: [
        { path: "b/c.md", n: 2 },
        { path: "a.md", n: 3 },
      ],
    },
    { text: "No source here.", places: [] },
  ]);
});

test("a quotation inside a statement counts, another sentence does not", () => {
  const source = "The Aurora costs 38.4 million crowns, of which the fund pays 11 million.";
  expect(says(source, source)).toBe(true);
  expect(says(source, `“${source}”`)).toBe(true);
  expect(says(source, 'The record says "The Aurora costs 38.4 million crowns".')).toBe(true);
  expect(says(source, "The Aurora costs 39.4 million crowns, of which the fund pays 11 million.")).toBe(false);
  expect(says(source, "The Aurora")).toBe(false);
});
