import { describe, expect, test } from "vitest";
import { citedIn, claimsOf } from "./claims.ts";

describe("cited sentences of a report", () => {
  test("each sentence goes with the citation after it, without list and quote marks", () => {
    const report = [
      "# Report",
      "- Plugins are isolated. [docs/Plugins.md#12]",
      '> "Errors are caught." [docs/Errors.md#3] Then the hook runs. [docs/Hooks.md#7]',
      "Nothing was found on limits.",
    ].join("\n");
    expect(citedIn(report)).toEqual([
      { path: "docs/Plugins.md", n: 12, text: "Plugins are isolated." },
      { path: "docs/Errors.md", n: 3, text: "Errors are caught." },
      { path: "docs/Hooks.md", n: 7, text: "Then the hook runs." },
    ]);
  });
  test("two citations in a row cite the same sentence; the same one again is not a new claim", () => {
    expect(citedIn("It is so. [a b.md#1] [c#d.md#2]\nIt is so. [a b.md#1]")).toEqual([
      { path: "a b.md", n: 1, text: "It is so." },
      { path: "c#d.md", n: 2, text: "It is so." },
    ]);
  });
  test("an ordinary link or a citation of nothing is no claim", () => {
    expect(citedIn("See [the guide](guide.md#2) and [x#0].\n[a.md#4]")).toEqual([]);
  });
  test("structured claims are taken before the text, supported ones only", () => {
    const data = {
      claims: [{ path: "a", n: 1, text: "A.", score: 0.5 }, { path: "a", n: 2, text: "B." }, { nonsense: true }],
      checks: [{ claim: { path: "a", n: 1, text: "A." }, verdict: "supported" }, { claim: { path: "a", n: 2, text: "B." }, verdict: "contradicted" }, 7],
    };
    expect(claimsOf({ text: "C. [c#3]", data })).toEqual([{ path: "a", n: 1, text: "A." }]);
    expect(claimsOf({ text: "C. [c#3]", data: { claims: "none" } })).toEqual([{ path: "c", n: 3, text: "C." }]);
  });
});
