import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunReport } from "@orrery/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cli, cli } from "../support/cli.ts";

const fastifyDocs = "host-node/node_modules/fastify/docs";
const folded = (text: string): string => text.replace(/\s+/g, " ").trim();
const cited = /^(?<sentence>.+) \[(?<path>[^\]#]+)#(?<n>\d+)\]$/;

/** The report's lines that say something: neither headings nor blank. */
const statements = (output: string): string[] => output.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));

/** Every statement, taken apart; fails on one without a citation. */
const citations = (output: string): { sentence: string; path: string; n: number }[] =>
  statements(output).map((line) => {
    const found = cited.exec(line);
    expect(found, `no citation on: ${line}`).not.toBeNull();
    const { sentence = "", path = "", n = "" } = found?.groups ?? {};
    return { sentence, path, n: Number(n) };
  });

let person: Cli;
beforeAll(async () => {
  person = await cli();
});
afterAll(() => person.remove());

describe("a report over documents nobody here wrote", () => {
  let report: RunReport;
  beforeAll(async () => {
    const { code, object } = await person.json(["run", "How does the plugin system isolate errors, and what are its limits?", "--docs", fastifyDocs]);
    expect(code).toBe(0);
    report = object;
  });

  it("cites every sentence, word for word, to the file it stands in", async () => {
    const found = citations(report.output);
    expect(found.length).toBeGreaterThanOrEqual(8);
    for (const { sentence, path, n } of found) {
      const source = folded(await readFile(join(fastifyDocs, path), "utf8"));
      expect(source, `${path}#${n}`).toContain(folded(sentence));
      const { sentences = 0 } = report.documents.read.find((document) => document.path === path) ?? {};
      expect(n).toBeLessThanOrEqual(sentences);
    }
  });

  it("gives a sentence one number only, and a number one sentence", () => {
    const byPlace = new Map<string, string>();
    for (const { sentence, path, n } of citations(report.output)) {
      expect(byPlace.get(`${path}#${n}`) ?? sentence).toBe(sentence);
      byPlace.set(`${path}#${n}`, sentence);
    }
  });

  it("speaks of what was asked", () => {
    expect(report.output).toMatch(/encapsulat/i);
    expect(report.output).toMatch(/setErrorHandler|error handler/i);
    expect(report.output).toMatch(/limit|timeout|maximum/i);
  });

  it("costs nothing, calls as often as predicted, and accounts for all of it", () => {
    expect(report.status).toBe("accepted");
    expect(report.cost.microUsd).toBe(0);
    expect(report.topology.observedCalls).toBe(report.topology.predictedCalls);
    expect(report.cost.calls).toBe(report.topology.observedCalls);
    expect(report.verdicts.length).toBeGreaterThan(0);
    expect(report.journal.head).toMatch(/^[0-9a-f]{64}$/);
    expect(report.journal.events).toBeGreaterThan(10);
  });

  it("lists what it could not read", () => {
    expect(report.documents.skipped.map(({ path }) => path)).toContain("resources/encapsulation_context.svg");
  });

  it("is remembered: a related task recalls it and uses it, an unrelated one does not", async () => {
    const related = await person.json(["run", "How are errors of a plugin kept from other plugins?", "--docs", fastifyDocs]);
    expect(related.object.memory.recalled.map(({ run }) => run)).toContain(report.runId);
    expect(related.object.memory.recalled.some(({ run, usedBy }) => run === report.runId && usedBy.length > 0)).toBe(true);
    const unrelated = await person.json(["run", "What does the ferry cost?", "--docs", "examples/aurora/documents"]);
    expect(unrelated.object.memory.recalled).toEqual([]);
  });

  it("goes on in the same conversation, on the same documents", async () => {
    const next = await person.json(["run", "And what is the timeout?", "--thread", report.thread]);
    expect(next.code).toBe(0);
    expect(next.object.thread).toBe(report.thread);
    expect(citations(next.object.output).length).toBeGreaterThan(0);
    expect(next.object.output).toMatch(/timeout/i);
  });

  it("is another workspace's neither to recall nor to go on with", async () => {
    const { object } = await person.json(["run", "And what is the timeout?", "--thread", report.thread], { env: { ORRERY_WORKSPACE: "elsewhere" } });
    expect(object.documents.read).toEqual([]);
    expect(object.memory.recalled).toEqual([]);
    expect(object.error?.code).toBe("NEEDS_GENERATIVE_MODEL");
  });
});

describe("the example", () => {
  it("says that two of its documents contradict each other, with both quotes", async () => {
    const { task } = JSON.parse(await readFile("examples/aurora/example.json", "utf8")) as { task: string };
    const { code, object } = await person.json(["run", task, "--docs", "examples/aurora/documents"]);
    expect(code).toBe(0);
    const contradictions = object.output.split(/^## /m).find((section) => section.startsWith("Contradictions")) ?? "";
    const found = citations(contradictions.split("\n").slice(1).join("\n"));
    expect(found.map(({ path }) => path)).toEqual(expect.arrayContaining(["council-minutes.txt", "decision-record.md"]));
    expect(contradictions).toContain("14 March");
    expect(contradictions).toContain("2 June");
  });
});

describe("topologies by one word", () => {
  const run = (topology: string) =>
    person.json(["run", "When does the Aurora enter service, and what are the risks?", "--docs", "examples/aurora/documents", "--topology", topology]);

  it("dag runs as a graph: the steps that came before are the ones its edges name", async () => {
    const { object } = await run("dag");
    expect(object.topology.id).toBe("dag");
    const shown = await person.json<{ trace: { kind: string; startMs: number; endMs: number; attributes: { path: string; agent: string; inputs: string } }[] }>(
      ["run", "show", object.runId, "--trace"],
    );
    const steps = shown.object.trace.filter(({ kind }) => kind === "step");
    const heard = steps.flatMap(({ attributes }) =>
      attributes.inputs
        .split(", ")
        .filter(Boolean)
        .map((path) => `${path.split("/").at(-1)}→${attributes.agent}`),
    );
    expect(heard.sort()).toEqual(["checker→writer", "researcher-1→checker", "researcher-2→checker"]);
    for (const step of steps) {
      const parents = steps.filter(({ attributes }) => step.attributes.inputs.includes(attributes.path));
      for (const parent of parents) expect(step.startMs).toBeGreaterThanOrEqual(parent.endMs);
    }
  });

  it("sequential and parallel run the same agents their own way", async () => {
    for (const topology of ["sequential", "parallel"]) {
      const { code, object } = await run(topology);
      expect(code).toBe(0);
      expect(object.topology).toMatchObject({ id: topology, predictedCalls: object.topology.observedCalls });
    }
  });

  it("an unknown one is an error that lists those there are", async () => {
    const { code, object } = await run("moebius");
    expect(code).toBe(1);
    expect(object.error?.message).toMatch(/dag.*parallel.*sequential/);
  });

  it("--agents sets the most there may be", async () => {
    for (const n of [1, 2, 3]) {
      const { object } = await person.json([
        "run",
        "When does the Aurora enter service, and what are the risks?",
        "--docs",
        "examples/aurora/documents",
        "--agents",
        String(n),
      ]);
      expect(object.status).toBe("accepted");
      expect(object.agents).toHaveLength(n);
    }
  });
});

describe("bad input", () => {
  const clear = (result: { code: number | null; stdout: string; stderr: string }, pattern: RegExp) => {
    expect(result.code).toBe(1);
    expect(result.stdout + result.stderr).toMatch(pattern);
    expect(result.stdout + result.stderr).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
  };

  it("an empty task, a missing folder and an invalid team file are clear errors", async () => {
    clear(await person.run(["run", "  "]), /TASK_EMPTY/);
    clear(await person.run(["run", "x", "--docs", "no/such/folder"]), /no\/such\/folder/);
    const file = join(person.home, "team.yaml");
    await writeFile(file, "name: t\nagents:\n  - id: A b\n    role: r\n");
    clear(await person.run(["run", "x", "--team", file]), /line 3|:3:/);
    await writeFile(file, "name: [");
    clear(await person.run(["run", "x", "--team", file]), /line|:\d+:/);
  });

  it("unreadable files are listed and the rest is read", async () => {
    const folder = join(person.home, "mixed");
    await mkdir(folder);
    await writeFile(join(folder, "good.md"), "# Ferry\n\nThe ferry leaves at nine in the morning. The ticket costs four euros.\n");
    await writeFile(join(folder, "binary.bin"), Buffer.from([0, 255, 1, 254, 0, 0, 3]));
    await writeFile(join(folder, "broken.pdf"), "%PDF-1.7 and then nothing that is one");
    await writeFile(join(folder, "huge.txt"), "A long line of words. ".repeat(2_500_000));
    const { code, object } = await person.json(["run", "When does the ferry leave?", "--docs", folder]);
    expect(code).toBe(0);
    expect(object.output).toContain("The ferry leaves at nine in the morning. [good.md#");
    expect(object.documents.skipped.map(({ path }) => path).sort()).toEqual(["binary.bin", "broken.pdf", "huge.txt"]);
    for (const { reason } of object.documents.skipped) expect(reason.length).toBeGreaterThan(5);
  });

  it("naughty strings as tasks never break a run", async () => {
    const naughty = (JSON.parse(await readFile("tests/fixtures/fuzz/blns.json", "utf8")) as string[])
      .filter((text) => text.trim() !== "" && !text.includes("\0"))
      .filter((_, i) => i % 60 === 0);
    for (const text of naughty) {
      const { object } = await person.json(["run", "--docs", "examples/aurora/documents", "--task", text]);
      expect(["accepted", "rejected", "waiting", "failed"]).toContain(object.status);
      if (object.status === "failed") expect(object.error?.code).not.toBe("UNEXPECTED");
    }
  });
});
