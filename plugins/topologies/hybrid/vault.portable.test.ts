import fc from "fast-check";
import { expect, test } from "vitest";
import { classify } from "../../privacy/classifier/classify.ts";
import { type Classify, redacted, replaced, restored, type Vault } from "./vault.ts";

const finding: Classify = async (text) => classify(text);
const all = (): boolean => true;
const out = async (text: string, vault: Vault = [], by: Classify = finding) => {
  const sent = await redacted(text, vault, by, all);
  if ("doubts" in sent) throw new Error(sent.doubts.join());
  return sent;
};
const sure: Classify = async (text) => ({ ...classify(text), doubts: [] });

const pieces = fc.constantFrom(
  "Ada Lovelace",
  "ada@example.org",
  "4111 1111 1111 1111",
  "DE89 3704 0044 0532 0130 00",
  "https://example.org/?mail=ada@example.org",
  "![x](//example.org/ada@example.org)",
  "⟦EMAIL_1⟧",
  "⟦NAME_2⟧",
  "⟦⟧",
  "⟦",
  "⟧",
  "⟦EMAIL_1",
  "please write to",
  "and then",
  ".",
  "\n",
  "🪐",
);
const anyText = fc.oneof(
  fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(" ")),
  fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join("")),
  fc.string({ unit: "grapheme" }),
);

test("what is taken out comes back letter by letter, whatever the text holds, forged placeholders included", async () => {
  await fc.assert(
    fc.asyncProperty(anyText, anyText, async (first, second) => {
      const one = await redacted(first, [], sure, all);
      if ("doubts" in one) return;
      expect(restored(one.text, one.vault)).toBe(first);
      const two = await redacted(second, one.vault, sure, all);
      if ("doubts" in two) return;
      expect(restored(two.text, two.vault)).toBe(second);
      expect(two.vault.slice(0, one.vault.length)).toEqual(one.vault);
      expect(new Set(two.vault.map(({ placeholder }) => placeholder)).size).toBe(two.vault.length);
    }),
    { numRuns: 400 },
  );
});

test("the same value has the same placeholder, in every text of the run", async () => {
  const one = await out("Write to ada@example.org, then to bob@example.org, then to ada@example.org.");
  expect(one.text).toBe("Write to ⟦EMAIL_1⟧, then to ⟦EMAIL_2⟧, then to ⟦EMAIL_1⟧.");
  const two = await out("Ask bob@example.org and eve@example.org.", one.vault);
  expect(two.text).toBe("Ask ⟦EMAIL_2⟧ and ⟦EMAIL_3⟧.");
  expect(replaced("also bob@example.org", two.vault)).toBe("also ⟦EMAIL_2⟧");
});

test("a placeholder the task forges stands for itself and gets nobody's value", async () => {
  const { text, vault } = await out("The text ⟦EMAIL_1⟧ is mine, ada@example.org is not.");
  expect(text).toBe("The text ⟦LITERAL_1⟧ is mine, ⟦EMAIL_1⟧ is not.");
  expect(restored("⟦LITERAL_1⟧ and ⟦EMAIL_1⟧ and ⟦EMAIL_7⟧", vault)).toBe("⟦EMAIL_1⟧ and ada@example.org and ⟦EMAIL_7⟧");
});

test("an answer cannot have values put into an address it made up: they would be sent there when it is shown", async () => {
  const { vault } = await out("Write to ada@example.org.");
  for (const trap of [
    "https://evil.example/?q=⟦EMAIL_1⟧",
    "![x](https://evil.example/⟦EMAIL_1⟧.png)",
    "[x](evil.example/⟦EMAIL_1⟧)",
    "//evil.example/⟦EMAIL_1⟧",
  ])
    expect(restored(`See ${trap} for ⟦EMAIL_1⟧`, vault)).toBe(`See ${trap} for ada@example.org`);
});

test("a classifier that fails, doubts, or never comes to an end lets nothing leave", async () => {
  const failing: Classify = async () => ({ spans: [], doubts: ["the classifier failed"], failed: true });
  const doubting: Classify = async () => ({ spans: [], doubts: ["it is not sure"] });
  const endless: Classify = async (text) => ({ spans: text.length > 0 ? [{ type: "X", start: 0, end: 1 }] : [], doubts: [] });
  for (const one of [failing, doubting, endless]) expect(await redacted("Anything at all.", [], one, all)).toMatchObject({ doubts: [expect.any(String)] });
});
