import { fileURLToPath } from "node:url";
import { LLMock } from "@copilotkit/aimock";
import type { RunReport } from "@orrery/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cleanEnv, orrery } from "../node/support.ts";
import { type OrreryServer, serveOrrery } from "../support/orrery-server.ts";

interface Asked {
  path?: string;
  body: { messages: { role: string; content: string | null }[] } | null;
}
type Answer = RunReport & { readonly runId: string; readonly error?: { readonly code: string; readonly message: string } };

let emulator: LLMock;
let server: OrreryServer;
let home: string;
beforeAll(async () => {
  emulator = new LLMock({ port: 0 });
  await emulator.start();
  server = await serveOrrery({ OPENAI_API_KEY: "key-of-the-emulator", OPENAI_BASE_URL: `${emulator.url}/v1`, ORRERY_DISCOVER: "false" }, async (at) => {
    home = at;
  });
});
afterAll(async () => {
  await server?.close();
  await emulator?.stop();
});

/** The command, in a process of its own, over the data folder of the server that runs. */
async function config(...args: string[]): Promise<void> {
  expect(await orrery(["config", ...args], cleanEnv(home))).toMatchObject({ code: 0 });
}
const request = (task: string, tools: string[], more: object = { budget: 0.2 }) => ({
  task,
  model: "openai/gpt-4o",
  team: { name: "one", agents: [{ id: "clerk", role: "clerk", prompt: "Answer.", skill: "write", tools }] },
  ...more,
});
const run = (task: string, tools: string[] = [], more?: object) => server.call<Answer>("POST", "/api/runs?wait=true", request(task, tools, more));
/** What the last call of a run was told by its tools. */
const told = () =>
  (emulator.getRequests() as unknown as Asked[])
    .filter(({ path }) => path?.endsWith("/chat/completions"))
    .at(-1)
    ?.body?.messages.flatMap(({ role, content }) => (role === "tool" ? content : []));
const sum = (id: string, expression: string) => ({ id, name: "calculator", arguments: JSON.stringify({ expression }) });
const done = { content: "## Done\n\nIt is done." };
const decision = async (name: string) =>
  (await server.call<{ tools: { name: string; decision: string }[] }>("GET", "/api/tools")).tools.find((tool) => tool.name === name)?.decision;

/** A run of two rounds of tools, held before the second; what it was told is known once it is let on. */
async function held(word: string) {
  let arrived: () => void = () => {};
  let open: () => void = () => {};
  const here = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const results = (count: number) => (asked: { messages: { role: string; content?: unknown }[] }) =>
    asked.messages.some(({ content }) => String(content).includes(word)) && asked.messages.filter(({ role }) => role === "tool").length === count;
  emulator.on({ predicate: results(0) }, { toolCalls: [sum("a", "1 + 1")] });
  emulator.on({ predicate: results(1) }, async () => {
    arrived();
    await gate;
    return { toolCalls: [sum("b", "2 + 2")] };
  });
  emulator.on({ predicate: results(2) }, done);
  const ended = run(`Two ${word}`, ["calculator"]);
  await here;
  return {
    async goOn(): Promise<unknown> {
      open();
      expect(await ended).toMatchObject({ status: "accepted" });
      return told();
    },
  };
}

describe("what the operator sets while a server runs", () => {
  it("tools.*: the next run may use other tools, and a list of them says so", async () => {
    emulator.on({ userMessage: /the sum/, hasToolResult: false }, { toolCalls: [sum("s", "1 + 1")] });
    emulator.on({ userMessage: /the sum/, hasToolResult: true }, done);
    await run("Work out the sum", ["calculator"]);
    expect([told(), await decision("calculator")]).toEqual([["2"], "allow"]);
    await config("set", "tools.deny", '["calculator"]');
    await run("Work out the sum", ["calculator"]);
    expect([told(), await decision("calculator")]).toEqual([[expect.stringMatching(/TOOL_DENIED.*tools\.deny/)], "deny"]);
    await config("unset", "tools.deny");
    await run("Work out the sum", ["calculator"]);
    expect([told(), await decision("calculator")]).toEqual([["2"], "allow"]);
  });

  it("a run under way keeps to what it began with, and the next one takes what was set", async () => {
    const first = await held("sums");
    await config("set", "tools.deny", '["calculator"]');
    expect(await decision("calculator")).toBe("deny");
    expect(await first.goOn()).toEqual(["2", "4"]);
    await run("Work out the sum", ["calculator"]);
    expect(told()).toEqual([expect.stringContaining("TOOL_DENIED")]);
    await config("unset", "tools.deny");
  });

  it("over the API the same: neither a run nor the change waits for the other", async () => {
    const first = await held("balances");
    const policy = "/api/plugins/orrery.tools.policy/settings";
    expect(await server.call("PATCH", policy, { set: { deny: ["calculator"] } })).toMatchObject({ id: "orrery.tools.policy" });
    expect(await server.call("PATCH", policy, { set: { deny: "calculator" } })).toMatchObject({ error: { code: "SETTINGS_INVALID" } });
    expect(await server.call("PATCH", "/api/plugins/orrery.cost/settings", { set: { dayCapUsd: 0 } })).toMatchObject({ id: "orrery.cost" });
    expect(await first.goOn()).toEqual(["2", "4"]);
    expect(await run("Work out the sum", ["calculator"])).toMatchObject({ status: "over_budget" });
    await server.call("PATCH", "/api/plugins/orrery.cost/settings", { unset: ["dayCapUsd"] });
    await run("Work out the sum", ["calculator"]);
    expect(told()).toEqual([expect.stringContaining("TOOL_DENIED")]);
    await server.call("PATCH", policy, { others: "unset" });
    expect(await decision("calculator")).toBe("allow");
  });

  it("spending.*: the caps of the next run and of the day", async () => {
    emulator.on({ userMessage: /plain question/ }, done);
    const plain = () => run("A plain question", [], {});
    expect(await plain()).toMatchObject({ status: "accepted" });
    await config("set", "spending.capUsd", "0");
    expect(await plain()).toMatchObject({ error: { code: "BUDGET_EXCEEDED", message: expect.stringContaining("the cap of a run is $0") } });
    await config("unset", "spending.capUsd");
    await config("set", "spending.dayCapUsd", "0");
    expect(await plain()).toMatchObject({ status: "over_budget", error: { message: expect.stringContaining("spending.dayCapUsd") } });
    await config("unset", "spending.dayCapUsd");
    expect(await plain()).toMatchObject({ status: "accepted" });
  });

  it("tools.hosts and tools.mcp: what fetch may reach, and servers that come and go", async () => {
    await config("set", "tools.allow", '["fetch","mcp.harbour"]');
    emulator.on({ userMessage: /the page/, hasToolResult: false }, { toolCalls: [{ id: "f", name: "fetch_get", arguments: '{"url":"http://localhost/"}' }] });
    emulator.on({ userMessage: /the page/, hasToolResult: true }, done);
    await run("Read the page", ["fetch"]);
    expect(told()).toEqual([expect.stringContaining("the operator does not allow this host")]);
    await config("set", "tools.hosts", '["localhost"]');
    await run("Read the page", ["fetch"]);
    expect(told()).toEqual([expect.stringContaining("it is this machine")]);

    expect(await run("How many berths?", ["mcp.harbour"])).toMatchObject({ error: { code: "TOOL_UNKNOWN" } });
    const program = { command: process.execPath, args: [fileURLToPath(new URL("../mcp/harbour-process.ts", import.meta.url))] };
    await config("set", "tools.mcp", JSON.stringify({ harbour: program }));
    const berths = { id: "m", name: "mcp_harbour_berths", arguments: '{"pier":"A"}' };
    emulator.on({ userMessage: /berths/, hasToolResult: false }, { toolCalls: [berths] });
    emulator.on({ userMessage: /berths/, hasToolResult: true }, done);
    await run("How many berths?", ["mcp.harbour"]);
    expect(told()).toEqual([expect.stringContaining("Pier A has 7 berths")]);
    await config("unset", "tools.mcp");
    expect(await run("How many berths?", ["mcp.harbour"])).toMatchObject({ error: { code: "TOOL_UNKNOWN" } });
  });
});
