import { Documents, type InputFile } from "@orrery/sdk";
import { createTestHost, type TestHost } from "@orrery/sdk/testing";
import documents from "@orrery/plugins/documents";
import extractive from "@orrery/plugins/providers/extractive";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fixture } from "./corpora.ts";

let host: TestHost;
let service: Documents;
beforeAll(async () => {
  host = await createTestHost({ plugins: [documents, extractive] });
  service = host.kernel.service(Documents) as Documents;
});
afterAll(() => host.close());

const bytes = (text: string) => new TextEncoder().encode(text);

/** Reads the files; each is a document with well-formed, numbered one-line sentences, or a listed skip. */
async function ingest(files: InputFile[]) {
  const read = await service.ingest(files);
  expect([...read.documents, ...read.skipped].map(({ path }) => path).sort()).toEqual(files.map(({ path }) => path).sort());
  for (const { path, code, reason } of read.skipped)
    expect([path, code, reason]).toEqual([path, expect.stringMatching(/^[A-Z_]+$/), expect.stringMatching(/\w{3}/)]);
  for (const { path, sentences: count } of read.documents) {
    const sentences = await service.sentences(read.collection, path);
    expect(sentences).toHaveLength(count);
    for (const [i, sentence] of sentences.entries()) {
      expect(sentence).toMatchObject({ path, n: i + 1 });
      expect(sentence.text).toMatch(/[\p{L}\p{N}]/u);
      expect(/[\r\n\t]|[\ud800-\udfff]/u.test(sentence.text)).toBe(false);
    }
    expect(await service.sentence(read.collection, path, 1)).toEqual(sentences[0]);
    expect(await service.sentence(read.collection, path, count + 1)).toBeUndefined();
  }
  return read;
}

test("JSON test suite: what must parse is read or has no text, what must not is listed as broken", async () => {
  const cases = (await fixture("json-test-suite.jsonl"))
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { name: string; b64: string });
  const { documents: read, skipped } = await ingest(cases.map(({ name, b64 }) => ({ path: name, bytes: new Uint8Array(Buffer.from(b64, "base64")) })));
  expect(cases.length).toBeGreaterThan(100);
  expect(read.filter(({ path }) => path.startsWith("n_"))).toEqual([]);
  expect(skipped.filter(({ path, code }) => path.startsWith("y_") && code !== "NO_TEXT")).toEqual([]);
});

test.each(["txt", "md", "html", "csv", "json", "ts", "unknown"])("naughty strings as .%s", async (ending) => {
  const strings = JSON.parse(await fixture("blns.json")) as string[];
  await ingest(strings.map((text, i) => ({ path: `${i}.${ending}`, bytes: bytes(text) })));
});

test("naughty strings as names and as questions", async () => {
  const strings = [...new Set(JSON.parse(await fixture("blns.json")) as string[])];
  const read = await ingest(strings.map((name) => ({ path: `${name}.md`, bytes: bytes(`# ${name}\n\nA sentence about ${name}. Another one.`) })));
  for (const text of strings)
    for (const passage of await service.search(read.collection, text, { limit: 3 }))
      expect(await service.sentence(read.collection, passage.path, passage.n)).toMatchObject({ text: passage.text });
});

test("YAML records as files", async () => {
  const records = (await fixture("yaml-test-suite.jsonl"))
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { name: string; yaml: string });
  await ingest(records.map(({ name, yaml }, i) => ({ path: `${i}-${name}.yaml`, bytes: bytes(yaml) })));
});

test("every skill answers naughty tasks over naughty documents with an answer or a refusal, and cites only what is there", async () => {
  const strings = JSON.parse(await fixture("blns.json")) as string[];
  const { collection } = await ingest(strings.map((text, i) => ({ path: `${i}.md`, bytes: bytes(text) })));
  const origin = { run: "r", task: "t", step: "s", agent: "a", plugin: "p", actor: "x", workspace: "w" };
  const all = strings.filter((text) => text.trim() !== "");
  for (const [i, task] of all.entries()) {
    const skill = ["research", "check", "write", "critique", "summarise", "compare", "vote", "plan", "judge"][i % 9] as string;
    const inputs = [{ step: "r0/b", agent: "b", role: "writer", skill: "write", text: `${all[(i + 1) % all.length]} [${i}.md#1]` }];
    const answered = await host.call("model.call", {
      id: `${i}`,
      origin,
      model: "orrery/extractive",
      skill,
      system: "",
      messages: [{ role: "user", content: task }],
      view: { task, round: 0, inputs, recalled: [], thread: [], feedback: [task] },
      collection,
      maxOutputTokens: 1_000,
    });
    expect(answered?.value.finish).toMatch(/stop|refused/);
    if (skill !== "write") continue;
    for (const line of answered?.value.text.split("\n") ?? []) {
      const match = /^(.+) \[([^[\]]+)#(\d+)\]$/.exec(line);
      if (match && !line.startsWith("#")) expect(await service.sentence(collection, match[2] as string, Number(match[3]))).toMatchObject({ text: match[1] });
    }
  }
});
