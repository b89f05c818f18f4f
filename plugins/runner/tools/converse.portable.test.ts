import calculator from "@orrery/plugins/tools/calculator";
import policy from "@orrery/plugins/tools/policy";
import sequential from "@orrery/plugins/topologies/sequential";
import cost from "@orrery/plugins/cost";
import trace from "@orrery/plugins/observability/trace";
import { type AnyPlugin, definePlugin, type ModelRequest, Runner, type RunReport, type ToolCall, type ToolRequest, type ToolResult, Trace } from "@orrery/sdk";
import { createTestHost, type TestHost } from "@orrery/sdk/testing";
import { afterEach, describe, expect, it } from "vitest";
import runner from "../index.ts";

type Answer = string | { text?: string; calls: Omit<ToolRequest, "id">[] };
const usage = { inputTokens: 10, outputTokens: 5 };

/** A free local model that answers as it is told to, round by round. */
const model = (answer: (request: ModelRequest, round: number) => Answer): AnyPlugin =>
  definePlugin({
    manifest: { id: "test.provider", version: "1.0.0", api: "^1.0" },
    setup({ tap }) {
      const id = "test/model";
      const info = { id, provider: "test", label: "test", kind: "generative" as const, local: true, paid: false, state: "connected" as const, source: "here" };
      tap("model.list", () => [info]);
      tap("task.route", () => ({ model: id, maxOutputTokens: 100, why: "the only one", considered: [] }));
      tap("model.call", (request) => {
        const round = request.messages.filter(({ role }) => role === "assistant").length + 1;
        const given = answer(request, round);
        if (typeof given === "string") return { model: id, text: given, usage, finish: "stop" };
        return { model: id, text: given.text ?? "", toolCalls: given.calls.map((call, i) => ({ id: `c${round}-${i}`, ...call })), usage, finish: "other" };
      });
    },
  });
/** A tool of the test's own. */
const tool = (name: string, perform: (call: ToolCall, signal: AbortSignal) => ToolResult | Promise<ToolResult>, more: object = {}): AnyPlugin =>
  definePlugin({
    manifest: { id: `test.${name}`, version: "1.0.0", api: "^1.0" },
    setup({ tap }) {
      tap("tool.list", () => [{ name, description: "a tool", input: { type: "object" }, effects: [], idempotent: true, ...more }]);
      tap("tool.call", (call, { signal }) => (call.tool === name ? perform(call, signal) : undefined));
    },
  });
const teamWith = (...tools: string[]) => ({ name: "one", agents: [{ id: "a", role: "a", skill: "write", prompt: "p", tools }] });
const calculate = (expression: string): Answer => ({ calls: [{ tool: "calculator", input: { expression } }] });

let host: TestHost;
afterEach(() => host.close());
type Plugins = NonNullable<NonNullable<Parameters<typeof createTestHost>[0]>["plugins"]>;
const start = async (answer: Parameters<typeof model>[0], ...plugins: Plugins) => {
  host = await createTestHost({ plugins: [runner, sequential, cost, trace, model(answer), calculator, ...plugins] });
};
const allowing = (...allow: string[]): Plugins[number] => [policy, { config: { allow } }];
const data = <T = Record<string, unknown>>(type: string): T[] => host.events().flatMap((event) => (event.type === type ? [event.data as T] : []));
const run = (...tools: string[]): Promise<RunReport> => host.run("What is six times seven?", { team: teamWith(...tools) });

describe("an agent with tools", () => {
  it("is told what its calls gave, and answers with it; each call is guarded, journalled and a span", async () => {
    await start((request, round) => (round === 1 ? calculate("6 * 7") : `It is ${request.messages.at(-1)?.content}.`), policy);
    const report = await run("calculator");
    expect([report.status, report.output]).toEqual(["accepted", "It is 42."]);
    expect(report.cost).toMatchObject({ calls: 2, inputTokens: 20, outputTokens: 10 });
    expect(data("tool.called")).toMatchObject([{ path: "r0/a", agent: "a", tool: "calculator", input: { expression: "6 * 7" }, round: 1, effects: [] }]);
    expect(data("tool.finished")).toMatchObject([{ tool: "calculator", ok: true, output: 42, call: data("tool.called")[0]?.["call"] }]);
    expect(data<{ result: unknown }>("step.finished")[0]?.result).toMatchObject({ usage: { inputTokens: 20, outputTokens: 10 } });
    const spans = (await host.kernel.service(Trace)?.spans(report.runId)) ?? [];
    const step = spans.find(({ kind }) => kind === "step");
    expect(spans.filter(({ kind }) => kind === "tool")).toMatchObject([
      { name: "calculator", parent: step?.id, status: "ok", attributes: { input: '{"expression":"6 * 7"}', output: "42" } },
    ]);
    const hooks = host.trace().map(({ hook }) => hook);
    expect(hooks.indexOf("tool.guard")).toBeLessThan(hooks.indexOf("tool.call"));
  });

  it("is offered what its team names, and nothing else", async () => {
    const offered: (string[] | undefined)[] = [];
    await start(
      (request) => {
        offered.push(request.tools?.map(({ name }) => name));
        return "done";
      },
      policy,
      tool("other", () => ({ ok: true, output: "x" })),
    );
    await run("calculator");
    await run();
    expect(offered).toEqual([["calculator"], undefined]);
  });

  it("is told no by the policy, and why; the call is not made", async () => {
    let made = 0;
    const secret = tool("secret", () => ({ ok: true, output: ++made }), { effects: ["network"] });
    await start((request, round) => (round === 1 ? { calls: [{ tool: "secret", input: {} }] } : `Told: ${request.messages.at(-1)?.content}`), policy, secret);
    const report = await run("secret");
    expect(report.output).toMatch(/TOOL_DENIED.*does not allow.*secret.*tools\.allow/);
    expect(data("tool.denied")).toMatchObject([{ tool: "secret", reasons: [expect.stringContaining("tools.allow")] }]);
    expect([made, data("tool.called")]).toEqual([0, []]);
  });

  it("is denied everything where no policy is installed", async () => {
    await start((request, round) => (round === 1 ? calculate("1") : `Told: ${request.messages.at(-1)?.content}`));
    expect((await run("calculator")).output).toContain("TOOL_DENIED");
  });

  it("waits for a person where the operator wants to be asked, at every other call anew, and is told a no with its note", async () => {
    const ask: Plugins[number] = [policy, { config: { ask: ["calculator"] } }];
    await start(
      (request, round) =>
        round <= 2 ? calculate(`${round} + 1`) : request.messages.flatMap(({ role, content }) => (role === "tool" ? [content] : [])).join(" | "),
      ask,
    );
    const runner = host.kernel.service(Runner);
    const spending = { allowed: false, capNano: 0, why: "a test" };
    const { runId = "" } = (await runner?.start({ text: "t", team: teamWith("calculator"), actor: "t", workspace: "test", spending })) ?? {};
    const open = async () => {
      await runner?.wait(runId);
      return (await runner?.waiting())?.[0];
    };
    const first = await open();
    expect(first).toMatchObject({ run: runId, agent: "a", ask: expect.stringMatching(/May a call calculator with .*1 \+ 1.*wants to be asked/) });
    await runner?.steer(runId, { do: "approve", gate: first?.gate ?? "" }, "me");
    const second = await open();
    expect(second?.gate).not.toBe(first?.gate);
    await runner?.steer(runId, { do: "deny", gate: second?.gate ?? "", note: "not this one" }, "me");
    const report = await runner?.wait(runId);
    expect([report?.status, report?.output]).toEqual(["accepted", expect.stringMatching(/^2 \| .*TOOL_DENIED.*not this one/)]);
  });

  it("is told of a tool nobody gave it, of an input that does not fit, and of a failure, and goes on", async () => {
    const broken = tool("broken", () => Promise.reject(new Error("the tool fell over")));
    const calls = [
      { tool: "shell", input: { command: "rm -rf /" } },
      { tool: "calculator", input: { sum: "1 + 1" } },
      { tool: "calculator", input: "1 + 1" },
      { tool: "broken", input: {} },
    ];
    await start(
      (request, round) =>
        round === 1
          ? { calls }
          : request.messages
              .slice(2)
              .map(({ content }) => content)
              .join("\n"),
      allowing("*"),
      broken,
    );
    const { status, output } = await run("calculator", "broken");
    expect(status).toBe("accepted");
    expect(output.split("\n")).toEqual([
      expect.stringMatching(/TOOL_UNKNOWN.*there is no tool \\"shell\\" for you; there are: calculator, broken/),
      expect.stringMatching(/TOOL_INPUT.*expression/),
      expect.stringMatching(/TOOL_INPUT/),
      expect.stringMatching(/the tool fell over/),
    ]);
    expect(data<{ tool: string }>("tool.denied").map((denied) => denied.tool)).toEqual(["shell", "calculator", "calculator"]);
  });

  it("cannot wait for a tool that never returns", async () => {
    const stuck = tool("stuck", () => new Promise(() => {}));
    host = await createTestHost({
      plugins: [
        [runner, { config: { toolDeadlineMs: 50 } }],
        sequential,
        model((request, round) => (round === 1 ? { calls: [{ tool: "stuck", input: {} }] } : `${request.messages.at(-1)?.content}`)),
        allowing("stuck"),
        stuck,
      ],
    });
    expect((await run("stuck")).output).toMatch(/TOOL_TIMEOUT.*did not answer within 50 ms/);
    expect(data("tool.finished")).toMatchObject([{ ok: false, output: { code: "TOOL_TIMEOUT" } }]);
  });

  it("must answer after the last round, and cannot call without end", async () => {
    const rounds: boolean[] = [];
    host = await createTestHost({
      plugins: [
        [runner, { config: { toolRounds: 3, toolCalls: 4 } }],
        sequential,
        policy,
        calculator,
        model((request) => {
          rounds.push(request.tools !== undefined);
          return request.tools ? { calls: [calculate("1"), calculate("2")].flatMap((each) => (typeof each === "string" ? [] : each.calls)) } : "enough";
        }),
      ],
    });
    expect((await run("calculator")).output).toBe("enough");
    expect(rounds).toEqual([true, true, true, false]);
    expect([data("tool.finished").length, data("tool.denied").length]).toEqual([4, 2]);
  });

  it("fails with what there is when its team names a tool that is not there", async () => {
    await start(() => "x", policy);
    const report = await run("calculater");
    expect([report.status, report.error?.code]).toEqual(["failed", "TOOL_UNKNOWN"]);
    expect(report.error?.message).toMatch(/"calculater".*There are: calculator/);
  });

  it("is cancelled with its run, in the middle of a call", async () => {
    let reached: () => void = () => {};
    const begun = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const stopped: unknown[] = [];
    const long = tool("long", (_, signal) => {
      reached();
      return new Promise((_resolve, reject) => signal.addEventListener("abort", () => stopped.push(signal.reason) && reject(new Error("stopped"))));
    });
    await start((_, round) => (round === 1 ? { calls: [{ tool: "long", input: {} }] } : "x"), allowing("*"), long);
    const service = host.kernel.service(Runner);
    const { runId } = (await service?.start({
      text: "t",
      team: teamWith("long"),
      actor: "t",
      workspace: "t",
      spending: { allowed: false, capNano: 0, why: "a test" },
    })) ?? { runId: "" };
    await begun;
    await service?.cancel(runId, "enough");
    expect((await service?.report(runId))?.status).toBe("cancelled");
    expect(stopped).toHaveLength(1);
  });
});
