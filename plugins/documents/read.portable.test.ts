import { expect, test } from "vitest";
import { readDocument } from "./read.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (path: string, content: string | Uint8Array) => readDocument({ path, bytes: typeof content === "string" ? bytes(content) : content }, 1_000_000);
const texts = async (path: string, content: string) => {
  const result = await read(path, content);
  return "skipped" in result ? result.skipped : result.sentences.map(({ n, text, kind, headings }) => `${n} ${kind} ${headings.join(" > ")} | ${text}`);
};

test("Markdown: sentences under their headings, list items, rows and code apart, comments and front matter kept out of the prose", async () => {
  expect(
    await texts(
      "a.md",
      "---\ntitle: A\n---\n# One `x`\nFirst *line*\ngoes on. Second.\n\n<!-- no. -->\n## Two\n- item one\n- [ ] item two. More.\n\n> ℹ️ Note:\n> quoted here.\n\n| a | b |\n|--|--|\n| 1 | two |\n\n```js\nlet a = 1;\n\nlet b;\n```\n",
    ),
  ).toEqual([
    "1 data  | title: A",
    "2 prose One x | First *line* goes on.",
    "3 prose One x | Second.",
    "4 list One x > Two | item one",
    "5 list One x > Two | item two.",
    "6 list One x > Two | More.",
    "7 prose One x > Two | ℹ️ Note: quoted here.",
    "8 table One x > Two | 1 | two",
    "9 code One x > Two | let a = 1;",
    "10 code One x > Two | let b;",
  ]);
});

test("HTML: what a reader sees, entities decoded, rows as units, scripts and menus left out", async () => {
  expect(
    await texts(
      "a.html",
      "<title>T</title><nav>Menu here.</nav><h1>Head</h1><p>One&nbsp;&amp; <b>two</b>. Three.<script>x. y.</script><table><tr><th>k<th>v<tr><td>a<td>1</table><ul><li>It is.</ul>",
    ),
  ).toEqual(["1 prose Head | One & two.", "2 prose Head | Three.", "3 table Head | k | v", "4 table Head | a | 1", "5 list Head | It is."]);
});

test("text: wrapped lines join, short lines and items stand alone, capitals are a heading", async () => {
  expect(
    await texts(
      "a.txt",
      "MINUTES\nPresent: Ann\nAbsent: Bob\n\nThis is a long line of text that was wrapped by somebody at this\nplace. And more.\n- one\n- two\n",
    ),
  ).toEqual([
    "1 prose MINUTES | Present: Ann",
    "2 prose MINUTES | Absent: Bob",
    "3 prose MINUTES | This is a long line of text that was wrapped by somebody at this place.",
    "4 prose MINUTES | And more.",
    "5 list MINUTES | one",
    "6 list MINUTES | two",
  ]);
});

test("JSON, JSON lines and CSV: values with their names", async () => {
  expect(await texts("a.json", '{"a": {"b": 1, "c": null, "note": "This is a note. It has two sentences."}, "l": [1, 2]}')).toEqual([
    "1 prose a > note | This is a note.",
    "2 prose a > note | It has two sentences.",
    "3 data a | b: 1; c: null",
    "4 data l | 1; 2",
  ]);
  expect(await texts("a.jsonl", '{"a": 1}\n\n{"a": 2}\n')).toEqual(["1 data  | a: 1", "2 data  | a: 2"]);
  expect(await texts("a.csv", 'name,n\n"Ann, A.",3\n\nBob,4\n')).toEqual(["1 data  | name: Ann, A.; n: 3", "2 data  | name: Bob; n: 4"]);
});

test("source code: comments give sentences, blocks give units", async () => {
  expect(await texts("a.ts", "/** Adds two numbers. Never throws. */\nexport const add = (a, b) => a + b;\n\n// Last.\n")).toEqual([
    "1 prose  | Adds two numbers.",
    "2 prose  | Never throws.",
    "3 code  | export const add = (a, b) => a + b;",
    "4 prose  | Last.",
  ]);
});

test("PDF: the text of its pages, wrapped lines joined", async () => {
  const page =
    "BT /F1 11 Tf 60 770 Td 16 TL (The cable gives us 800 kilowatts and not one watt more than that, until) Tj T* (next autumn. The tower is late.) Tj ET";
  const pdf = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R>>endobj
4 0 obj<</Length ${page.length}>>stream
${page}
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>`;
  expect(await texts("letter.pdf", pdf)).toEqual([
    "1 prose Page 1 | The cable gives us 800 kilowatts and not one watt more than that, until next autumn.",
    "2 prose Page 1 | The tower is late.",
  ]);
});

test("UTF-16 and marks are read; other encodings, binaries, broken and empty files are listed with a reason", async () => {
  expect(await read("a.txt", new Uint8Array([0xff, 0xfe, 0x48, 0, 0x69, 0]))).toMatchObject({ sentences: [{ text: "Hi" }] });
  expect(await read("a.txt", new Uint8Array([0xef, 0xbb, 0xbf, 0x48, 0x69]))).toMatchObject({ sentences: [{ text: "Hi" }] });
  const skips: [string, string | Uint8Array, string][] = [
    ["latin.txt", new Uint8Array([0x63, 0x61, 0x66, 0xe9]), "ENCODING"],
    ["a.dat", new Uint8Array([1, 0, 2, 3]), "BINARY"],
    ["a.png", "x", "UNSUPPORTED"],
    ["a.md", "", "EMPTY"],
    ["a.md", "# Only\n\n---\n", "NO_TEXT"],
    ["a.json", "{", "BROKEN"],
    ["a.json", "[".repeat(100_000), "BROKEN"],
    ["a.json", `${"[".repeat(3_000)}1${"]".repeat(3_000)}`, "BROKEN"],
    ["a.csv", 'a,b\n"1,2', "BROKEN"],
    ["a.pdf", "%PDF-1.7 and nothing more", "BROKEN"],
    ["big.txt", new Uint8Array(1_000_001), "TOO_LARGE"],
  ];
  for (const [path, content, code] of skips)
    expect([path, await read(path, content)]).toEqual([path, { skipped: { path, code, reason: expect.stringMatching(/\w{3}/) } }]);
});
