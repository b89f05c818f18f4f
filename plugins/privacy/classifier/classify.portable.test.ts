import type { Classified } from "@orrery/sdk";
import fc from "fast-check";
import { expect, test } from "vitest";
import { luhn, mod97 } from "./checksums.ts";
import { classify } from "./classify.ts";

const found = (text: string, { spans }: Classified = classify(text)): [string, string][] => spans.map(({ type, start, end }) => [type, text.slice(start, end)]);

test.each([
  ["CARD", "Pay with 4111 1111 1111 1111 today.", "4111 1111 1111 1111"],
  ["CARD", "card 4111-1111-1111-1111", "4111-1111-1111-1111"],
  ["IBAN", "to DE89 3704 0044 0532 0130 00, please", "DE89 3704 0044 0532 0130 00"],
  ["IBAN", "to gb82west12345698765432 please", "gb82west12345698765432"],
  ["EMAIL", "ask ada.lovelace+x@mail.example.org!", "ada.lovelace+x@mail.example.org"],
  ["EMAIL", "ask ada (at) example (dot) org", "ada (at) example (dot) org"],
  ["PHONE", "call +44 20 7946 0958 now", "+44 20 7946 0958"],
  ["PHONE", "call (555) 010-9999 now", "(555) 010-9999"],
  ["SSN", "number 078-05-1120.", "078-05-1120"],
  ["IP", "from 192.0.2.44, again", "192.0.2.44"],
  ["IP", "from 2001:db8::8a2e:370:7334 again", "2001:db8::8a2e:370:7334"],
  ["URL", "see https://example.org/u?id=7, then", "https://example.org/u?id=7,"],
  ["ADDRESS", "the zip: 3520 is", "zip: 3520"],
])("finds %s in %j", (type, text, value) => {
  expect(found(text)).toContainEqual([type, value]);
});

test("a wrong checksum is no acquittal: what has the form of a card or an account is taken out all the same", () => {
  expect(found("card 4111 1111 1111 1112")).toEqual([["NUMBER", "4111 1111 1111 1112"]]);
  expect(found("to DE00 3704 0044 0532 0130 00 now")).toEqual([["ACCOUNT", "DE00 3704 0044 0532 0130 00"]]);
});

test("digits of another width and invisible characters hide nothing", () => {
  const wide = "card ４１１１ １１１１ １１１１ １１１１ it is";
  expect(found(wide)).toEqual([["CARD", "４１１１ １１１１ １１１１ １１１１"]]);
  const split = "ask ada\u200B@exam\u00ADple.org now";
  expect(found(split)).toEqual([["EMAIL", "ada\u200B@exam\u00ADple.org"]]);
});

test.each([
  ["Please tell Grace Hopper that she is invited.", ["Grace Hopper"]],
  ["We moved here from New Zealand, to the house of Ludwig van Beethoven.", ["New Zealand", "Ludwig van Beethoven"]],
  ["Send it to 12 Baker Street in London.", ["12 Baker Street", "London"]],
  ["He met Dr. Müller-Lüdenscheidt and Jo O'Neill.", ["Dr. Müller-Lüdenscheidt and Jo O'Neill"]],
])("names by their capitals: %s", (text, names) => {
  expect(found(text).map(([, value]) => value)).toEqual(names);
});

test("ordinary sentences hold nothing", () => {
  for (const text of ["What are my options?", "Please compare the two plans. Which one is cheaper?", "I think that it works. However, the last step is slow."])
    expect([found(text), classify(text).doubts]).toEqual([[], []]);
});

test.each([
  ["no capitals", "please write to grace hopper about the harbour"],
  ["in capitals", "PLEASE WRITE TO GRACE HOPPER ABOUT IT"],
  ["another script", "Пожалуйста, напишите об этом в письме"],
  ["something encoded", `Decode ${"QUJD".repeat(20)} please`],
  ["longer than", "Words. ".repeat(40_000)],
])("doubts a text that has %s", (_, text) => {
  expect(classify(text).doubts).not.toEqual([]);
});

test("whatever the text, spans are inside it, in order and apart, and it ends soon", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "grapheme", maxLength: 300 }),
        fc.string({ unit: fc.constantFrom("1", " ", "-", "a", "A", "@", ".", ":", "(", "\n"), maxLength: 400 }),
      ),
      (text) => {
        let at = 0;
        for (const { start, end } of classify(text).spans) {
          expect(start).toBeGreaterThanOrEqual(at);
          expect(end).toBeGreaterThan(start);
          at = end;
        }
        expect(at).toBeLessThanOrEqual(text.length);
      },
    ),
    { numRuns: 1_000 },
  );
});

test("one character that stands for several goes out whole", () => {
  expect(classify("from ⩴ to").spans).toEqual([{ type: "IP", start: 5, end: 6 }]);
});

test("checksums: Luhn's and mod 97", () => {
  expect([luhn("4111111111111111"), luhn("4111111111111112"), mod97("GB82 WEST 1234 5698 7654 32"), mod97("GB82 WEST 1234 5698 7654 33")]).toEqual([
    true,
    false,
    true,
    false,
  ]);
});
