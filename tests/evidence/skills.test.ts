import documents from "@orrery/plugins/documents";
import grounded from "@orrery/plugins/judges/grounded";
import extractive from "@orrery/plugins/providers/extractive";
import { type Artifact, Documents, type ModelDelta, definePlugin } from "@orrery/sdk";
import { createTestHost, type TestHost } from "@orrery/sdk/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { auroraDocs, readReport } from "./corpora.ts";

let host: TestHost;
let collection: string;
const deltas: ModelDelta[] = [];
const listener = definePlugin({
  manifest: { id: "test.listener", version: "1.0.0", api: "^1.0" },
  setup: ({ tap }) => {
    tap("model.delta", (delta) => {
      deltas.push(delta);
    });
  },
});
beforeAll(async () => {
  host = await createTestHost({ plugins: [documents, extractive, grounded, listener] });
  collection = (await (host.kernel.service(Documents) as Documents).ingest(await auroraDocs())).collection;
});
afterAll(() => host.close());

const task = "When does the Aurora enter service, and what are the risks?";
const artifact = (agent: string, text: string, data?: Artifact["data"]): Artifact => ({
  step: `r0/${agent}`,
  agent,
  role: agent,
  skill: "write",
  text,
  ...(data === undefined ? {} : { data }),
});
const request = (skill: string, inputs: Artifact[] = [], over: { task?: string; collection?: string } = {}) => ({
  id: "1",
  origin: { run: "r", task: "t", step: "s", agent: "a", plugin: "p", actor: "x", workspace: "w" },
  model: "orrery/extractive",
  skill,
  system: "",
  messages: [{ role: "user" as const, content: task }],
  view: { task: over.task ?? task, round: 0, inputs, recalled: [], thread: [], feedback: [] },
  ...("collection" in over ? {} : { collection }),
  maxOutputTokens: 1_000,
});
const answer = async (skill: string, inputs: Artifact[] = [], over = {}) => {
  const answered = await host.call("model.call", request(skill, inputs, over));
  if (!answered) throw new Error("nobody answered");
  return answered.value;
};

test("streams what it answers, line by line, and counts what it read and wrote", async () => {
  deltas.length = 0;
  const { text, usage } = await answer("write");
  expect(deltas.map((delta) => delta.text).join("")).toBe(text);
  expect(deltas.length).toBeGreaterThan(5);
  expect(usage.inputTokens).toBeGreaterThan(50);
  expect(usage.outputTokens).toBeGreaterThan(50);
});

test("leaves other models to others", async () => {
  expect(await host.call("model.call", { ...request("write"), model: "openai/some" })).toBeUndefined();
});

test("stops when it is called off", async () => {
  await expect(host.call("model.call", request("write"), { signal: AbortSignal.abort() })).rejects.toBeDefined();
});

test("check: a changed number is contradicted or unsupported, and the writer does not repeat it", async () => {
  const claims = artifact(
    "llm",
    "The Aurora costs 44.1 million crowns, of which the regional climate fund pays 11 million. [decision-record.md#7]\nPenguins steer the ferry by moonlight. [battery.json#1]",
  );
  const checked = await answer("check", [claims]);
  expect(checked.data).toMatchObject({ kind: "check", checks: [{ verdict: "contradicted" }, { verdict: "unsupported" }] });
  const report = await answer("write", [artifact("checker", checked.text, checked.data)]);
  const said = readReport(report.text)
    .cited.map(({ text }) => text)
    .join("\n");
  expect(said).not.toContain("44.1");
  expect(said).toContain("The Aurora costs 38.4 million crowns");
  expect(said).not.toContain("Penguins");
  expect(report.text).toContain("### Unsupported, left out: Penguins");
});

test("vote and judge prefer the output that is cited and true; critique says what is wrong; compare shows what differs", async () => {
  const good = artifact("good", (await answer("write")).text);
  const bad = artifact("bad", "The Aurora is nice.\nIt enters service soon. [decision-record.md#999]");
  expect((await answer("vote", [bad, good])).data).toMatchObject({ vote: "r0/good" });
  expect((await answer("judge", [bad])).data).toMatchObject({ score: expect.any(Number) });
  const critique = (await answer("critique", [good, bad])).text;
  expect(critique).toContain("bad: [decision-record.md#999] does not say");
  expect(critique).not.toContain("- good: [");
  expect((await answer("compare", [good, artifact("part", good.text.split("\n").slice(0, 8).join("\n"))])).text).toContain("## Only good");
});

test("summarise: sentences of several documents, each cited", async () => {
  const { text } = await answer("summarise");
  const { cited, other } = readReport(text);
  expect(other).toEqual([]);
  expect(new Set(cited.map(({ path }) => path)).size).toBeGreaterThanOrEqual(3);
});

test("plan: a researcher an aspect, a checker, a writer", async () => {
  expect((await answer("plan")).data).toMatchObject({ steps: [{ skill: "research" }, { skill: "research" }, { skill: "check" }, { skill: "write" }] });
});

test("refuses what it cannot do and says what to connect", async () => {
  for (const refused of [
    await answer("write", [], { collection: undefined }),
    await answer("write", [], { task: "Write a haiku about the ferry" }),
    await answer("dance"),
    await answer("vote"),
  ]) {
    expect(refused).toMatchObject({ finish: "refused", data: { code: "NEEDS_GENERATIVE_MODEL" } });
    expect(refused.text).toContain("orrery connect");
  }
});

test("the groundedness judge rejects an invented citation and names it, and a quotation that was changed", async () => {
  const judge = async (text: string) =>
    (
      await host.call("step.judge", {
        subject: "step",
        run: "r",
        task,
        artifact: artifact("w", text),
        inputs: [],
        collection,
        criteria: [],
        model: "openai/some",
      })
    )[0];
  const verdict = async (text: string) => {
    const answered = await judge(text);
    return answered?.ok ? answered.value : undefined;
  };
  expect(await verdict("The largest risk is sharks. [decision-record.md#400]")).toMatchObject({
    decision: "reject",
    score: 0,
    reasons: [expect.any(String), expect.stringContaining("decision-record.md#400")],
  });
  expect(
    await verdict("The largest risk is the weather: without the new charging tower the Aurora cannot hold its timetable. [decision-record.md#16]"),
  ).toMatchObject({ decision: "reject" });
  expect(
    await verdict("- The largest risk is the quay: without the new charging tower the Aurora cannot hold its timetable. [decision-record.md#16]"),
  ).toMatchObject({ decision: "accept", score: 1 });
});
