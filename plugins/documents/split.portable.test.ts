import fc from "fast-check";
import { expect, test } from "vitest";
import { splitSentences } from "./split.ts";
import { oneLine } from "./unit.ts";

test("abbreviations, initials, versions, decimals and addresses do not end a sentence", () => {
  expect(splitSentences("Use e.g. this one, by Dr. J. Smith of Acme Inc. in Bern. Version 5.12.1 costs $3.50! See https://a.b/c.html?x=1. It works.")).toEqual([
    "Use e.g. this one, by Dr. J. Smith of Acme Inc. in Bern.",
    "Version 5.12.1 costs $3.50!",
    "See https://a.b/c.html?x=1.",
    "It works.",
  ]);
});

test("code spans and link targets are opaque", () => {
  expect(splitSentences("Call `app.close(). Then` it. See [the guide. Part](./Guide.md#a.b) now. `reply` is last.")).toEqual([
    "Call `app.close(). Then` it.",
    "See [the guide. Part](./Guide.md#a.b) now.",
    "`reply` is last.",
  ]);
});

test("quotes and brackets close with their sentence", () => {
  expect(splitSentences('He said "go." Then (as agreed.) She left… But not before noon?! Yes.')).toEqual([
    'He said "go."',
    "Then (as agreed.)",
    "She left…",
    "But not before noon?!",
    "Yes.",
  ]);
});

test('"No." is a sentence before a capital and an abbreviation before a number', () => {
  expect(splitSentences("No. An adult ticket stays. It is No. 7 of ten.")).toEqual(["No.", "An adult ticket stays.", "It is No. 7 of ten."]);
});

test("ideographic stops end a sentence without white space", () => {
  expect(splitSentences("今日は晴れ。明日は雨！本当？")).toEqual(["今日は晴れ。", "明日は雨！", "本当？"]);
});

test("every sentence is a verbatim slice of the one-line text, in order, and no word is lost", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("A b. ", "e.g. ", "`x. y` ", "Who? ", "\n", "[a](b.c) ", "1. ", "U.S. ", "… ")), {
        maxLength: 30,
      }),
      (parts) => {
        const text = oneLine(parts.join(""));
        let at = 0;
        const letters = (s: string) => s.replace(/[^\p{L}\p{N}]/gu, "");
        const sentences = splitSentences(text);
        for (const sentence of sentences) {
          const found = text.indexOf(sentence, at);
          expect(found).toBeGreaterThanOrEqual(at);
          at = found + sentence.length;
          expect(sentence).toBe(oneLine(sentence));
        }
        expect(letters(sentences.join(""))).toBe(letters(text));
      },
    ),
  );
});

test("splits a megabyte of prose and a megabyte without a space in reasonable pieces", () => {
  expect(splitSentences("This is one. ".repeat(80_000))).toHaveLength(80_000);
  for (const piece of splitSentences("x".repeat(1_000_000))) expect(piece.length).toBeLessThanOrEqual(1_200);
});
