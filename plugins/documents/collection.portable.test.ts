import fc from "fast-check";
import { expect, test } from "vitest";
import { collect, search, sentencesOf } from "./collection.ts";

const limits = { fileBytes: 1_000_000, totalBytes: 2_000_000 };
const file = (path: string, text: string) => ({ path, bytes: new TextEncoder().encode(text) });
const docs = [
  file(
    "b/plugins.md",
    "# Plugins\n\nA plugin has a context of its own. An error in one plugin is handled by the error handler of its own context. Coffee is served at four.\n",
  ),
  file("a.txt", "The harbour freezes in hard winters. Bread is baked on Fridays."),
];

test("the same files give the same collection in any order; another content gives another", async () => {
  const one = await collect(docs, limits);
  const two = await collect([...docs].reverse(), limits);
  expect(two.id).toBe(one.id);
  expect(two.sentences).toEqual(one.sentences);
  expect((await collect([docs[0] as (typeof docs)[0], file("a.txt", "Other.")], limits)).id).not.toBe(one.id);
});

test("finds by stem and by another word for it, and ties go by path and number", async () => {
  const collection = await collect(docs, limits);
  expect((await search(collection, "how are failures in plugins isolated", { limit: 1 }))[0]).toMatchObject({
    path: "b/plugins.md",
    n: 2,
    headings: ["Plugins"],
  });
  const same = await collect([file("b.txt", "Alpha one."), file("a.txt", "Alpha one. Beta.")], limits);
  expect((await search(same, "alpha")).filter(({ text }) => text === "Alpha one.").map(({ path }) => path)).toEqual(["a.txt", "b.txt"]);
});

test("falls back to words alone, and says so, when the encoder fails", async () => {
  const collection = await collect(docs, limits);
  const told: unknown[] = [];
  const embeddings = { model: { id: "none", dimensions: 1 }, embed: () => Promise.reject(new Error("no model here")) };
  const passages = await search(collection, "harbour", { embeddings, onFallback: (error) => told.push(error) });
  expect(passages[0]?.text).toBe("The harbour freezes in hard winters.");
  expect(told).toHaveLength(1);
});

test("a second file of one path and files past the total are listed", async () => {
  const { skipped, documents } = await collect([file("x.md", "One."), file("x.md", "Two."), file("y.md", "Much more text.")], {
    fileBytes: 100,
    totalBytes: 9,
  });
  expect(documents.map(({ path }) => path)).toEqual(["x.md"]);
  expect(skipped.map(({ path, code }) => [path, code])).toEqual([
    ["x.md", "DUPLICATE"],
    ["y.md", "TOO_LARGE"],
  ]);
});

test("sentence n of a file is the nth of its sentences, whatever else is in the collection", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: "grapheme" }), { maxLength: 4 }), fc.string({ unit: "grapheme" }), async (others, text) => {
      const path = "m/own.md";
      const alone = await collect([file(path, text)], limits);
      const among = await collect([file(path, text), ...others.map((other, i) => file(`${i}.txt`, other))], limits);
      expect(sentencesOf(among, path)).toEqual(sentencesOf(alone, path));
      sentencesOf(among, path).forEach((sentence, i) => {
        expect(sentence.n).toBe(i + 1);
      });
    }),
    { numRuns: 50 },
  );
});
