import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LLMock } from "@copilotkit/aimock";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cli, cli } from "../support/cli.ts";

const team = "tests/fixtures/topologies/team.yaml";
const run = ["run", "When does the Aurora enter service, and what does its battery cost?", "--docs", "examples/aurora/documents"] as const;
const onModel = ["--model", "openai/gpt-4o", "--budget", "1"] as const;
const usage = { prompt_tokens: 100, completion_tokens: 20 };

let emulator: LLMock;
let person: Cli;
beforeAll(async () => {
  emulator = new LLMock({ port: 0 });
  emulator.onMessage(/Split the task into subtasks/, {
    content: 'This is the plan:\n```json\n{"Find the day the Aurora enters service": "dates", "Find the price of the battery": "prices"}\n```\n',
    usage,
  });
  emulator.onMessage(/Split the task among your colleagues/, {
    content: '{"dates": "Find the day.", "prices": "Find the price.", "checker": "Doubt both."}',
    usage,
  });
  emulator.onMessage(/[\s\S]*/, { content: "The Aurora will enter scheduled service on 2 June. [decision-record.md#6]\n", usage });
  await emulator.start();
  person = await cli({ OPENAI_API_KEY: "key-of-the-emulator", OPENAI_BASE_URL: `${emulator.url}/v1` });
});
afterAll(async () => {
  await emulator.stop();
  await person.remove();
});

interface Asked {
  path?: string;
  body: { messages?: { content: string }[] } | null;
}
/** The task as each model call since `from` was told it. */
const tasks = (from: number): string[] =>
  (emulator.getRequests() as Asked[])
    .filter(({ path }) => path?.endsWith("/chat/completions"))
    .slice(from)
    .map(({ body }) => /## Task\n(.*)\n/.exec(body?.messages?.at(-1)?.content ?? "")?.[1] ?? "");

describe("a model that leads writes a plan, and its people get what it says", { timeout: 120_000 }, () => {
  it("hierarchical: each subtask in place of the task, and nobody it gives none to is called", async () => {
    const before = tasks(0).length;
    const { object } = await person.json([...run, "--team", team, "--topology", "hierarchical", ...onModel]);
    expect(object).toMatchObject({ status: "accepted", topology: { observedCalls: 4, facts: { delegated: 2, replans: 0, planned: 1 } } });
    expect(tasks(before).sort()).toEqual(["Find the day the Aurora enters service", "Find the price of the battery", run[1], run[1]]);

    // A trace shows what each was asked to do, a year later too.
    type Traced = { trace: { kind: string; attributes: { agent: string; skill: string; task?: string; guidance?: string } }[] };
    const { trace } = (await person.json<Traced>(["run", "show", object.runId, "--trace"])).object;
    const steps = trace.filter(({ kind }) => kind === "step").map(({ attributes }) => attributes);
    expect(steps.flatMap((step) => step.task ?? []).sort()).toEqual(["Find the day the Aurora enters service", "Find the price of the battery"]);
    expect(steps.find(({ skill }) => skill === "plan")?.guidance).toMatch(/Split the task into subtasks/);
    expect((await person.run(["run", "show", object.runId, "--trace"])).stdout).toMatch(/dates +asked: Find the day the Aurora enters service/);
  });

  it("star: each spoke gets the hub's message to it", async () => {
    const before = tasks(0).length;
    const { object } = await person.json([...run, "--team", team, "--topology", "star", ...onModel]);
    expect(object).toMatchObject({ status: "accepted", topology: { observedCalls: 5 } });
    expect(tasks(before).sort()).toEqual(["Doubt both.", "Find the day.", "Find the price.", run[1], run[1]]);
  });
});

describe("vectors where a team file asks for them", { timeout: 120_000 }, () => {
  const withTopology = async (topology: object): Promise<string> => {
    const file = join(person.home, "team.yaml");
    await writeFile(file, `${await readFile(team, "utf8")}topology: ${JSON.stringify(topology)}\n`);
    return file;
  };

  it("answers are compared by the product's own encoder, and the report says so", async () => {
    const file = await withTopology({ id: "debate", config: { similarity: { by: "embedding", atLeast: 0.95 } } });
    const { object } = await person.json([...run, "--team", file]);
    expect(object).toMatchObject({ status: "accepted", topology: { id: "debate", facts: { similarity: "embedding" } } });
  });

  it("a forest's router scores its trees by it", async () => {
    const file = await withTopology({ id: "forest", config: { router: { by: "embedding" }, top: 1 } });
    const { object } = await person.json([...run, "--team", file]);
    expect(object.topology.facts).toMatchObject({ router: "embedding", fallback: false });
    expect(object.topology.observedCalls).toBe(1);
  });

  it("a mistake in the config is told with its place, before anything runs", async () => {
    const file = await withTopology({ id: "mesh", config: { quorum: 9 } });
    const { code, object } = await person.json([...run, "--team", file]);
    expect(code).not.toBe(0);
    expect(JSON.stringify(object)).toContain("config.quorum: 9 of 4 agents cannot be");
  });
});
