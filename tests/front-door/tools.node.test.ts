import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LLMock } from "@copilotkit/aimock";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cli, cli } from "../support/cli.ts";

interface Asked {
  path?: string;
  body: { tools?: { function: { name: string } }[]; messages: { role: string; content: string | null; tool_call_id?: string }[] } | null;
}
interface Traced {
  runId: string;
  status: string;
  output: string;
  error?: { code: string; message: string };
  trace: { kind: string; name: string; status: string; attributes: Record<string, unknown> }[];
}

let emulator: LLMock;
let person: Cli;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "orrery-tools-"));
  emulator = new LLMock({ port: 0 });
  await emulator.start();
  person = await cli({ OPENAI_API_KEY: "key-of-the-emulator", OPENAI_BASE_URL: `${emulator.url}/v1` });
});
afterAll(async () => {
  await emulator.stop();
  await person.remove();
  await rm(folder, { recursive: true });
});

const asked = (): Asked[] => (emulator.getRequests() as unknown as Asked[]).filter(({ path }) => path?.endsWith("/chat/completions"));
async function teamWith(tools: string[]): Promise<string> {
  const file = join(folder, `${tools.join("-")}.json`);
  await writeFile(file, JSON.stringify({ name: "one", agents: [{ id: "clerk", role: "clerk", prompt: "Answer.", skill: "write", tools }] }));
  return file;
}
/** Runs a team of one and reads what is kept of it. */
async function run(task: string, tools: string[]): Promise<Traced> {
  const { object } = await person.json(["run", task, "--team", await teamWith(tools), "--model", "openai/gpt-4o", "--budget", "0.2"]);
  return (await person.json<Traced>(["run", "show", object.runId, "--trace"])).object;
}

describe("a team whose agent has tools, on a connected model", () => {
  it("calculates, is told the result, and answers with it", async () => {
    emulator.on({ userMessage: /crew/, hasToolResult: false }, { toolCalls: [{ id: "call_1", name: "calculator", arguments: '{"expression":"38 * 12"}' }] });
    emulator.on({ userMessage: /crew/, hasToolResult: true }, { content: "## Wages\n\nThe crew costs 456 a month." });
    const before = asked().length;
    const report = await run("What does the crew cost?", ["calculator"]);
    expect(report.error).toBeUndefined();
    expect(report.output).toContain("456");
    const [first, second] = asked().slice(before);
    expect(first?.body?.tools?.map((tool) => tool.function.name)).toEqual(["calculator"]);
    expect(second?.body?.messages.at(-1)).toMatchObject({ role: "tool", tool_call_id: "call_1", content: "456" });
    expect(report.trace.filter(({ kind }) => kind === "tool")).toMatchObject([
      { name: "calculator", status: "ok", attributes: { input: '{"expression":"38 * 12"}', output: "456" } },
    ]);
    expect(report.trace.filter(({ kind }) => kind === "model").length).toBeGreaterThanOrEqual(2);
  });

  it("is told that the operator does not allow a tool, and the denial is kept", async () => {
    await person.run(["config", "set", "tools.deny", '["calculator"]']);
    emulator.on(
      { userMessage: /harbour dues/, hasToolResult: false },
      { toolCalls: [{ id: "call_2", name: "calculator", arguments: '{"expression":"1 + 1"}' }] },
    );
    emulator.on({ userMessage: /harbour dues/, hasToolResult: true }, { content: "## Dues\n\nI was not allowed to calculate." });
    const report = await run("What are the harbour dues?", ["calculator"]);
    expect(
      asked()
        .at(-1)
        ?.body?.messages.find(({ role }) => role === "tool")?.content,
    ).toMatch(/TOOL_DENIED.*tools\.deny/);
    expect(report.trace.filter(({ kind }) => kind === "tool")).toMatchObject([
      { status: "error", attributes: { denied: expect.stringContaining("tools.deny") } },
    ]);
    const { object } = await person.json<{ tools: { name: string; decision: string }[] }>(["tools"]);
    expect(object.tools.find(({ name }) => name === "calculator")).toMatchObject({ decision: "deny" });
    await person.run(["config", "unset", "tools.deny"]);
  });

  it("writes files of its run: versions, what changed, and a download", async () => {
    const write = (id: string, content: string) => ({ id, name: "files_write", arguments: JSON.stringify({ path: "notes/plan.md", content }) });
    emulator.on(
      { userMessage: /write a plan/, hasToolResult: false },
      {
        toolCalls: [
          write("w1", "# Plan\n\nfirst\n"),
          write("w2", "# Plan\n\nsecond\n"),
          { id: "w3", name: "files_write", arguments: '{"path":"../../escape","content":"x"}' },
        ],
      },
    );
    emulator.on({ userMessage: /write a plan/, hasToolResult: true }, { content: "## Done\n\nThe plan is in notes/plan.md." });
    const report = await run("Please write a plan", ["files"]);
    expect(report.error).toBeUndefined();
    const told = asked()
      .at(-1)
      ?.body?.messages.filter(({ role }) => role === "tool");
    expect(told?.map(({ content }) => content)).toEqual([
      expect.stringContaining('"version":1'),
      expect.stringContaining('"version":2'),
      expect.stringContaining("WORKSPACE_PATH"),
    ]);
    const { object } = await person.json(["run", "show", report.runId]);
    const sha256: unknown = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(object.artifacts).toContainEqual({ name: "notes/plan.md", mediaType: "text/markdown", bytes: 15, version: 2, sha256 });
    const listed = await person.json<{ files: { path: string; version: number; from: string }[] }>(["run", "files", report.runId]);
    expect(listed.object.files).toMatchObject([{ path: "notes/plan.md", version: 2 }]);
    expect((await person.run(["run", "files", report.runId, "notes/plan.md", "--at", "1"])).stdout).toContain("first");
    expect((await person.run(["run", "files", report.runId, "notes/plan.md", "--diff"])).stdout).toMatch(/-first\n\+second/);
    const out = join(folder, "out");
    expect((await person.run(["run", "files", report.runId, "--out", out])).code).toBe(0);
    expect(await readFile(join(out, "notes", "plan.md"), "utf8")).toBe("# Plan\n\nsecond\n");
    // What is there is not written over.
    expect((await person.json<{ error: { code: string } }>(["run", "files", report.runId, "--out", out])).object.error.code).toBe("OUT_UNWRITABLE");
  });

  it("calls a real MCP server once the operator allows it, and is not held up by a tool that never returns", async () => {
    const program = { command: process.execPath, args: [fileURLToPath(new URL("../mcp/harbour-process.ts", import.meta.url))] };
    await person.run(["config", "set", "tools.mcp", JSON.stringify({ harbour: program })]);
    await person.run(["config", "set", "pluginConfig", JSON.stringify({ "orrery.tool.mcp": { callMs: 500 } })]);
    const calls = [
      { id: "m1", name: "mcp_harbour_berths", arguments: '{"pier":"A"}' },
      { id: "m2", name: "mcp_harbour_never", arguments: "{}" },
    ];
    emulator.on({ userMessage: /free berths/, hasToolResult: false }, { toolCalls: calls });
    emulator.on({ userMessage: /free berths/, hasToolResult: true }, { content: "## Berths\n\nSeven." });
    const told = () =>
      asked()
        .at(-1)
        ?.body?.messages.filter(({ role }) => role === "tool")
        .map(({ content }) => content);
    await run("How many free berths?", ["mcp.harbour"]);
    expect(told()).toEqual([expect.stringContaining("TOOL_DENIED"), expect.stringContaining("TOOL_DENIED")]);
    await person.run(["config", "set", "tools.allow", '["mcp.harbour"]']);
    const report = await run("How many free berths?", ["mcp.harbour"]);
    expect(told()).toEqual([expect.stringContaining("Pier A has 7 berths"), expect.stringContaining("TOOL_TIMEOUT")]);
    expect(report.trace.filter(({ kind }) => kind === "tool").map(({ name, status }) => [name, status])).toEqual([
      ["mcp.harbour.berths", "ok"],
      ["mcp.harbour.never", "error"],
    ]);
    const { object } = await person.json<{ tools: { name: string; decision: string }[] }>(["tools"]);
    expect(object.tools.map(({ name, decision }) => [name, decision])).toEqual(
      expect.arrayContaining([
        ["mcp.harbour.berths", "allow"],
        ["fetch.get", "deny"],
      ]),
    );
    await person.run(["config", "unset", "tools.allow"]);
  }, 60_000);

  it("reaches nothing on this machine, though a page told it to and the operator allows every host", async () => {
    const hits: string[] = [];
    const canary = createServer((request, response) => {
      hits.push(request.url ?? "");
      response.end("the secret");
    });
    await new Promise<void>((resolve) => canary.listen(0, "127.0.0.1", resolve));
    const { port } = canary.address() as AddressInfo;
    await person.run(["config", "set", "tools.allow", '["fetch"]']);
    await person.run(["config", "set", "tools.hosts", JSON.stringify(["*", `*:${port}`])]);
    const get = (id: string, host: string) => ({ id, name: "fetch_get", arguments: JSON.stringify({ url: `http://${host}:${port}/key` }) });
    const hosts = ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "0"];
    emulator.on({ userMessage: /read the page/, hasToolResult: false }, { toolCalls: hosts.map((host, i) => get(`f${i}`, host)) });
    emulator.on({ userMessage: /read the page/, hasToolResult: true }, { content: "## Nothing\n\nIt could not be read." });
    const before = asked().length;
    await run("Please read the page", ["fetch"]);
    const told = asked()
      .slice(before)
      .at(-1)
      ?.body?.messages.filter(({ role }) => role === "tool")
      .map(({ content }) => content);
    expect(told).toEqual(hosts.map(() => expect.stringContaining("WEB_DENIED")));
    expect(hits).toEqual([]);
    canary.close();
    for (const key of ["tools.allow", "tools.hosts"]) await person.run(["config", "unset", key]);
  });

  it("is checked before it runs: a tool that is not there is named with its line", async () => {
    const file = await teamWith(["calculater"]);
    const { code, object } = await person.json<{ problems: { message: string; place: string }[] }>(["team", "check", file]);
    expect(code).toBe(1);
    expect(object.problems).toMatchObject([{ place: "agents.0.tools.0", message: expect.stringContaining('did you mean "calculator"') }]);
    const run = await person.json(["run", "x", "--team", file, "--model", "openai/gpt-4o", "--budget", "0.2"]);
    expect(run.object.error).toMatchObject({ code: "TOOL_UNKNOWN" });
  });

  it("offers no tool to an agent that names none, and none to the built-in engine", async () => {
    emulator.on({ userMessage: /plain/ }, { content: "## Plain\n\nNothing." });
    const before = asked().length;
    await run("A plain question", []);
    expect(
      asked()
        .slice(before)
        .every(({ body }) => body?.tools === undefined),
    ).toBe(true);
    const free = await person.json(["run", "When?", "--team", await teamWith(["calculator"]), "--docs", "examples/aurora/documents"]);
    expect(free.object.error).toBeUndefined();
  });
});
