import type { Documents, Sentence } from "@orrery/sdk";
import fc from "fast-check";
import { expect, test } from "vitest";
import { checkClaims, checked, verbatimOnly } from "./check.ts";
import { type Corpus, loadCorpus } from "./corpus.ts";
import type { Findings } from "./shapes.ts";

const corpusOf = (files: Record<string, string[]>): Promise<Corpus> => {
  const sentences = (path: string): Sentence[] => (files[path] ?? []).map((text, i) => ({ path, n: i + 1, text, headings: [], kind: "prose" }));
  const documents = { list: async () => Object.keys(files).map((path) => ({ path })), sentences: async (_id: string, path: string) => sentences(path) };
  return loadCorpus(documents as unknown as Documents, "c");
};
const filler = [
  "The lambs are sheared in spring.",
  "Coffee is served at four.",
  "The bakery opens before dawn on Fridays.",
  "Gulls nest on the old lighthouse roof.",
];
const files = {
  "a.md": ["The bridge across the sound is 412 metres long.", ...filler],
  "b.md": ["The bridge across the sound is 390 metres long.", "The bridge was painted green.", "The bridge across the sound has a single steel arch."],
};

test("a sentence that is there is supported; one nobody says is not", async () => {
  const corpus = await corpusOf(files);
  const { checks } = checkClaims(
    [
      { path: "a.md", n: 3, text: "Coffee is served at four." },
      { path: "a.md", n: 3, text: "Submarines patrol the northern glacier." },
    ],
    [],
    corpus,
  );
  expect(checks.map(({ verdict, evidence }) => [verdict, evidence?.n])).toEqual([
    ["supported", 3],
    ["unsupported", undefined],
  ]);
});

test("what another document says otherwise is contradicted, with both sentences", async () => {
  const corpus = await corpusOf(files);
  const { checks, contradictions } = checkClaims([{ path: "a.md", n: 1, text: files["a.md"][0] as string }], [], corpus);
  expect(checks[0]).toMatchObject({
    verdict: "contradicted",
    evidence: { path: "a.md", n: 1 },
    against: { path: "b.md", n: 1, why: "number: 412 metres / 390 metres" },
  });
  expect(contradictions).toHaveLength(1);
});

test("a contradiction among sentences nobody selected is found as well", async () => {
  const corpus = await corpusOf(files);
  expect(checkClaims([], [{ path: "b.md", n: 1, text: files["b.md"][0] as string }], corpus).contradictions).toHaveLength(1);
});

test("whatever a colleague claims, only sentences that are there, as they are there, pass", async () => {
  const corpus = await corpusOf(files);
  const place = fc.record({
    path: fc.constantFrom("a.md", "b.md", "c.md"),
    n: fc.integer({ min: 1, max: 6 }),
    text: fc.oneof(fc.constantFrom(...files["a.md"], ...files["b.md"]), fc.string()),
  });
  fc.assert(
    fc.property(fc.array(place), (places) => {
      const found: Findings = {
        kind: "research",
        aspects: [{ title: "x", query: "x" }],
        claims: places.map((item) => ({ ...item, score: 0.5, heading: "", aspect: 0 })),
        pool: [],
        checks: [],
        contradictions: [],
        missing: [],
        usedMemory: [],
      };
      for (const claims of [verbatimOnly(found, corpus).claims, verbatimOnly(checked(found, corpus), corpus).claims]) {
        expect(new Set(claims.map(({ path, n }) => `${path}#${n}`)).size).toBe(claims.length);
        for (const { path, n, text } of claims) expect(corpus.at(path, n)?.text).toBe(text);
      }
    }),
  );
});
