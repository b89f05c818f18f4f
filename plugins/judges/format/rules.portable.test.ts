import { expect, test } from "vitest";
import { malformedCitations, rules } from "./rules.ts";

test("citations that are none are found; links, code and right ones are left alone", () => {
  expect(malformedCitations("A. [a.md#0] B. [a.md#x] C. [#3] D. [docs/a b.md#12] E. [t](x.md#5) F. `[a.md#]` G. [a.md#]")).toEqual([
    "[a.md#0]",
    "[a.md#x]",
    "[#3]",
    "[a.md#]",
  ]);
});

test("length is counted without citations", () => {
  expect(rules["max-words"]?.("Three words here. [a/long/path.md#3]", 3)).toBeUndefined();
  expect(rules["max-words"]?.("Four words are here.", 3)).toContain("4 words");
  expect(rules["min-sections"]?.("# A\n\n## B", 2)).toBeUndefined();
  expect(rules.contains?.("The Cat", "cat")).toBeUndefined();
  expect(rules.excludes?.("The Cat", "cat")).toContain('"cat"');
});
