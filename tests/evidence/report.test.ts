import type { InputFile, RunReport } from "@orrery/sdk";
import { createTestHost, type TestHost } from "@orrery/sdk/testing";
import { afterEach, expect, test, vi } from "vitest";
import { everyday, workspaceAssets } from "../support/preset.ts";
import { auroraDocs, fastifyDocs, readReport } from "./corpora.ts";

// The encoder computes for seconds, and longer where other tests run beside it.
vi.setConfig({ testTimeout: 120_000 });

const question = "How does the plugin system isolate errors, and what are its limits?";
let host: TestHost | undefined;
afterEach(async () => {
  await host?.close();
  host = undefined;
});
const open = async (assets: typeof workspaceAssets = workspaceAssets) => {
  host = await createTestHost({ plugins: everyday, assets });
  return host;
};
const ask = async (text: string, files: InputFile[], more: object = {}): Promise<RunReport> => (host ?? (await open())).run(text, { files, ...more });

/** The source as one line, a quote block's marks left out: where a sentence must be found, character for character. */
const flat = (file: InputFile | undefined): string =>
  new TextDecoder()
    .decode(file?.bytes)
    .replace(/^[ \t]*>[ \t]?/gm, "")
    .replace(/\s+/g, " ");

test("a report on documents nobody here wrote: every line is a sentence of theirs, word for word, where it says", async () => {
  const files = await fastifyDocs();
  const run = await ask(question, files);
  expect(run.status).toBe("accepted");
  const { cited, other, headings } = readReport(run.output);
  expect(other).toEqual([]);
  expect(cited.length).toBeGreaterThanOrEqual(10);
  for (const { text, path } of cited) expect(flat(files.find((file) => file.path === path))).toContain(text);
  expect(headings.filter((line) => line.startsWith("## "))).toEqual(["## How does the plugin system isolate errors", "## What are its limits"]);
  const all = cited.map(({ text }) => text).join("\n");
  for (const word of ["encapsulat", "setErrorHandler", "plugin can load"]) expect(all).toContain(word);
  expect(new Set(cited.map(({ path }) => path)).size).toBeGreaterThanOrEqual(4);
  expect(run.verdicts.find(({ judge }) => judge === "grounded")).toMatchObject({ score: 1, decision: "accept" });
  expect(run.cost.microUsd).toBe(0);
  expect(run.cost.outputTokens).toBeGreaterThan(100);
});

test("the same question gives the same report, whoever asks it", async () => {
  const files = await fastifyDocs();
  const first = await ask(question, files, { workspace: "one" });
  await host?.close();
  host = undefined;
  const second = await ask(question, [...files].reverse(), { workspace: "two" });
  expect(second.output).toBe(first.output);
});

test.each([
  "How do I validate a request body?",
  "How is logging configured, and what does it cost?",
  "What changed in version 5?",
  "Which hooks are there, and in which order do they run?",
])("finds no contradiction where there is none: %s", async (text) => {
  const run = await ask(text, await fastifyDocs(), { agents: 1 });
  expect(run.output).not.toContain("## Contradictions");
  expect(readReport(run.output).other).toEqual([]);
});

test("two documents that contradict each other are both quoted", async () => {
  const run = await ask("When does the Aurora enter service, what does it cost, and what are the risks?", await auroraDocs());
  expect(run.status).toBe("accepted");
  const part = run.output.slice(run.output.indexOf("## Contradictions"));
  expect(part).toContain("The Aurora will enter scheduled service on 2 June, in time for the summer timetable. [decision-record.md#");
  expect(part).toContain("The Aurora will enter scheduled service on 14 March, so that the spring lambs need not wait for the Skarv. [council-minutes.txt#");
  expect(run.output).toContain("38.4 million crowns");
});

test("without the encoder's files words alone decide, and the log says so once", async () => {
  await open(async () => undefined);
  const run = await ask(question, await fastifyDocs());
  expect(run.status).toBe("accepted");
  expect(readReport(run.output).cited.length).toBeGreaterThanOrEqual(8);
  expect(host?.log.filter((line) => line.message.includes("words alone"))).toHaveLength(1);
});

test("a second, related task recalls the first and uses its claims", async () => {
  const files = await fastifyDocs();
  await ask(question, files);
  const second = await ask("How are error handlers encapsulated in a plugin?", files);
  expect(second.memory.recalled[0]?.usedBy).toContain("writer");
});

test("what it cannot do is refused with the way out: no documents, or a text to invent", async () => {
  const files = await auroraDocs();
  for (const [text, docs] of [
    [question, []],
    ["Write a poem about the Aurora", files],
  ] as const) {
    const run = await ask(text, [...docs]);
    expect(["rejected", "failed"]).toContain(run.status);
    expect(JSON.stringify([run.reasons, run.error, run.output])).toMatch(/NEEDS_GENERATIVE_MODEL.*orrery connect/);
  }
});

test("words no document has are named, and nothing is made up about them", async () => {
  const run = await ask("What does the Aurora's zeppelin hangar cost?", await auroraDocs(), { agents: 1 });
  expect(run.output).toMatch(/Words of the task that no document uses: .*zeppelin/);
  expect(readReport(run.output).other).toEqual([]);
});

test("a length the task asks for is kept", async () => {
  const run = await ask(`${question} Use at most 120 words.`, await fastifyDocs(), { agents: 1 });
  const words = run.output.replace(/\[[^[\]\n]+#\d+\]/g, " ").match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu)?.length ?? 0;
  expect(words).toBeLessThanOrEqual(120);
  expect(readReport(run.output).cited.length).toBeGreaterThan(0);
});

test("a follow-up in the same conversation is about what the task before it was about", async () => {
  const first = await ask("How is the Aurora charged?", await auroraDocs());
  const second = await ask("And how long does it take?", [], { thread: first.thread });
  expect(second.output).toContain("a full charge of the Aurora takes 80 minutes. [harbour-letter.pdf#");
  expect(second.output).toContain("a full charge of the Aurora takes 55 minutes. [supplier-quote.html#");
});
