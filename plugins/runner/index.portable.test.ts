import { type AnyPlugin, definePlugin, type ModelInfo, type ModelRequest, token, type TopologyExecutor, topologyToken, type Verdict } from "@orrery/sdk";
import { createTestHost, type TestHost } from "@orrery/sdk/testing";
import { afterEach, describe, expect, it } from "vitest";
import runner from "./index.ts";

const local: ModelInfo = {
  id: "test/echo",
  provider: "test",
  label: "echo",
  kind: "generative",
  local: true,
  paid: false,
  state: "connected",
  source: "this test",
};

/** A chain of the team's agents: the least a topology can be. */
const chain: TopologyExecutor = {
  check: () => [],
  predictCalls: (team) => ({ min: team.agents.length, expected: team.agents.length, max: team.agents.length }),
  edges: () => [],
  start: (team) => ({
    state: { agents: team.agents.map(({ id }) => id), at: 0 },
    dispatch: [{ path: `0/${team.agents[0]?.id}`, agent: team.agents[0]?.id ?? "", round: 0, inputs: [] }],
  }),
  next(state, settled) {
    const { agents, at } = state as { agents: string[]; at: number };
    const following = agents[at + 1];
    if (!settled.ok)
      return {
        state,
        dispatch: [],
        done: {
          output: undefined,
          failures: [{ agent: settled.agent, path: settled.path, code: settled.error?.code ?? "", message: settled.error?.message ?? "" }],
        },
      };
    if (following === undefined) return { state, dispatch: [], done: { output: settled.path, failures: [] } };
    return { state: { agents, at: at + 1 }, dispatch: [{ path: `${at + 1}/${following}`, agent: following, round: 0, inputs: [settled.path] }] };
  },
};
const chainPlugin = definePlugin({
  manifest: { id: "test.chain", version: "1.0.0", api: "^1.0" },
  provides: [token(topologyToken("sequential"))],
  setup({ provide, tap }) {
    provide(token<TopologyExecutor>(topologyToken("sequential")), chain);
    tap("task.topology", (plan) => (plan.topology.id === "sequential" ? { service: topologyToken("sequential") } : undefined));
  },
});
const provider = (answer: (request: ModelRequest) => string | Promise<string>, model: ModelInfo = local): AnyPlugin =>
  definePlugin({
    manifest: { id: "test.provider", version: "1.0.0", api: "^1.0" },
    setup({ tap }) {
      tap("model.list", () => [model]);
      tap("task.route", () => ({ model: model.id, maxOutputTokens: 100, why: "the only one", considered: [] }));
      tap("model.call", async (request) => ({ model: model.id, text: await answer(request), usage: { inputTokens: 10, outputTokens: 5 }, finish: "stop" }));
    },
  });
const judgePlugin = (id: string, verdict: (text: string) => Omit<Verdict, "judge"> | undefined): AnyPlugin =>
  definePlugin({
    manifest: { id, version: "1.0.0", api: "^1.0" },
    setup({ tap }) {
      tap("task.judge", ({ artifact }) => {
        const given = verdict(artifact.text);
        return given && { judge: id, ...given };
      });
    },
  });

const team = (...ids: string[]) => ({ name: "t", agents: ids.map((id) => ({ id, role: id, skill: "write", prompt: "p", tools: [] })) });

let host: TestHost;
afterEach(() => host.close());

describe("the runner", () => {
  it("takes a task from agent to agent to an accepted outcome, all of it in the journal", async () => {
    const seen: ModelRequest[] = [];
    host = await createTestHost({
      plugins: [
        runner,
        chainPlugin,
        provider((request) => {
          seen.push(request);
          return `${request.origin.agent}(${request.view.inputs.map(({ text }) => text).join()})`;
        }),
      ],
    });
    const report = await host.run("Say hello", { team: team("a", "b") });
    expect(report).toMatchObject({
      status: "accepted",
      output: "b(a())",
      topology: { id: "sequential", predictedCalls: 2, observedCalls: 2 },
      cost: { microUsd: 0, calls: 2, inputTokens: 20, outputTokens: 10 },
    });
    expect(seen[1]?.origin).toMatchObject({ run: report.runId, step: "1/b", agent: "b", plugin: "test.chain", actor: "tester", workspace: "test" });
    expect(report.journal.events).toBe(host.journal().length);
    expect(host.events().map(({ type }) => type)).toEqual([
      "run.submitted",
      "run.planned",
      ...["a", "b"].flatMap(() => ["step.started", "step.routed", "budget.reserved", "budget.settled", "step.finished", "step.judged"]),
      "run.judged",
      "artifact.made",
      "trace.hooks",
      "run.finished",
    ]);
  });

  it("writes the intent of a step before its model is called", async () => {
    let journalled: string[] = [];
    host = await createTestHost({
      plugins: [
        runner,
        chainPlugin,
        provider(() => {
          journalled = host.journal().map(({ type }) => type);
          return "x";
        }),
      ],
    });
    await host.run("t", { team: team("a") });
    expect(journalled).toContain("step.started");
    expect(journalled).not.toContain("step.finished");
  });

  it("refuses a paid call nobody vouches for, and says so", async () => {
    host = await createTestHost({ plugins: [runner, chainPlugin, provider(() => "expensive", { ...local, local: false, paid: true })] });
    const report = await host.run("t", { team: team("a") });
    expect(report.status).toBe("over_budget");
    expect(report.error?.message).toContain("no cost plugin vouched");
    expect(report.cost.calls).toBe(0);
  });

  it("lets a guard deny for everyone", async () => {
    const deny = definePlugin({
      manifest: { id: "test.deny", version: "1.0.0", api: "^1.0" },
      setup: ({ tap }) => void tap("task.submit", () => ({ decision: "deny", reason: "not today" })),
    });
    host = await createTestHost({ plugins: [runner, chainPlugin, provider(() => "x"), deny] });
    await expect(host.run("t", { team: team("a") })).rejects.toMatchObject({ code: "TASK_REFUSED", message: expect.stringContaining("not today") });
    expect(host.journal()).toHaveLength(0);
  });

  it("refuses an empty task and a topology nobody has, naming those there are", async () => {
    host = await createTestHost({ plugins: [runner, chainPlugin, provider(() => "x")] });
    await expect(host.run("  ")).rejects.toMatchObject({ code: "TASK_EMPTY" });
    const report = await host.run("t", { topology: "moebius" });
    expect(report).toMatchObject({ status: "failed", error: { code: "TOPOLOGY_UNKNOWN", message: expect.stringContaining("sequential") } });
  });

  it("names the plugin that failed a step and keeps its error text from other agents", async () => {
    host = await createTestHost({
      plugins: [
        runner,
        chainPlugin,
        provider(() => {
          throw new Error("the provider fell over");
        }),
      ],
    });
    const report = await host.run("t", { team: team("a", "b") });
    expect(report.status).toBe("failed");
    expect(report.error?.message).toContain("the provider fell over");
    expect(host.events().filter(({ type }) => type === "step.started")).toHaveLength(1);
    expect(host.events().map(({ type }) => type)).toContain("budget.released");
  });

  it("lets a rewriter choose another model, priced as what it is, and never another payer", async () => {
    const expensive: ModelInfo = { ...local, id: "test/expensive", paid: true, local: false };
    const rewrite = (change: Partial<ModelRequest>) =>
      definePlugin({
        manifest: { id: "test.rewriter", version: "1.0.0", api: "^1.0" },
        setup({ tap }) {
          tap("model.list", () => [expensive]);
          tap("model.request", (request) => ({ ...request, ...change }));
        },
      });
    const origins: string[] = [];
    const answering = provider(({ origin }) => {
      origins.push(origin.run);
      return "x";
    });
    host = await createTestHost({ plugins: [runner, chainPlugin, answering, rewrite({ model: expensive.id })] });
    expect((await host.run("t", { team: team("a") })).status).toBe("over_budget");
    await host.close();
    const origin = { run: "run_of_another", task: "t", step: "s", agent: "a", plugin: "p", actor: "a", workspace: "w" };
    host = await createTestHost({ plugins: [runner, chainPlugin, answering, rewrite({ origin })] });
    const report = await host.run("t", { team: team("a") });
    expect(origins).toEqual([report.runId]);
    await host.close();
    host = await createTestHost({ plugins: [runner, chainPlugin, answering, rewrite({ model: "no/where" })] });
    expect(await host.run("t", { team: team("a") })).toMatchObject({ status: "failed", error: { code: "ROUTE_NONE" } });
  });

  it("fails a step whose model declines, with what the model says it lacks, and bills the call", async () => {
    const refusing = definePlugin({
      manifest: { id: "test.refusing", version: "1.0.0", api: "^1.0" },
      setup({ tap }) {
        tap("model.list", () => [local]);
        tap("task.route", () => ({ model: local.id, maxOutputTokens: 1, why: "only", considered: [] }));
        tap("model.call", () => ({
          model: local.id,
          text: "no",
          data: { code: "NEEDS_HANDS", message: "this wants hands", do: "find some" },
          usage: { inputTokens: 1, outputTokens: 1 },
          finish: "refused",
        }));
      },
    });
    host = await createTestHost({ plugins: [runner, chainPlugin, refusing] });
    const report = await host.run("t", { team: team("a") });
    expect(report).toMatchObject({
      status: "failed",
      error: { code: "NEEDS_HANDS", message: "a: this wants hands", do: "find some" },
      cost: { calls: 1 },
      topology: { observedCalls: 1 },
    });
  });

  it("gives the task one more try with the judges' feedback, then hands it to a person or rejects it", async () => {
    const feedback: string[][] = [];
    const policy = definePlugin({
      manifest: { id: "test.policy", version: "1.0.0", api: "^1.0" },
      setup: ({ tap }) =>
        void tap("task.decide", ({ subject, verdicts, attempt, maxAttempts }) =>
          subject === "step" || verdicts.every(({ decision }) => decision === "accept")
            ? undefined
            : { action: attempt < maxAttempts ? "retry" : "escalate", reasons: ["short"], feedback: ["write more"] },
        ),
    });
    host = await createTestHost({
      plugins: [
        runner,
        chainPlugin,
        policy,
        judgePlugin("test.length", (text) => ({ score: 0.2, decision: text.length > 10 ? "accept" : "reject", reasons: ["too short"] })),
        provider(({ view }) => {
          feedback.push(view.feedback);
          return "x";
        }),
      ],
    });
    const report = await host.run("t", { team: team("a") });
    expect(report.status).toBe("waiting");
    expect(feedback).toEqual([[], ["write more"]]);
    expect(report.topology.observedCalls).toBe(2);
  });

  it("stops a model call under way when the run is cancelled", async () => {
    let aborted = false;
    const endless = definePlugin({
      manifest: { id: "test.endless", version: "1.0.0", api: "^1.0" },
      setup({ tap }) {
        tap("model.list", () => [local]);
        tap("task.route", () => ({ model: local.id, maxOutputTokens: 1, why: "only", considered: [] }));
        tap(
          "model.call",
          (_request, { signal }) =>
            new Promise((_resolve, reject) =>
              signal.addEventListener("abort", () => {
                aborted = true;
                reject(signal.reason);
              }),
            ),
        );
      },
    });
    host = await createTestHost({ plugins: [runner, chainPlugin, endless] });
    const { Runner } = await import("@orrery/sdk");
    const service = host.kernel.service(Runner);
    const { runId } = (await service?.start({ text: "t", actor: "x", workspace: "w", spending: { allowed: false, capNano: 0, why: "" }, team: team("a") })) ?? {
      runId: "",
    };
    while (!host.events().some(({ type }) => type === "budget.reserved")) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(await service?.cancel(runId, "enough")).toBe(true);
    expect((await service?.report(runId))?.status).toBe("cancelled");
    expect(aborted).toBe(true);
  });

  it("lets a run under way go when it is unloaded, to be carried on: no end in its journal, nobody holding it, no call left", async () => {
    let stopped = false;
    host = await createTestHost({
      plugins: [
        runner,
        chainPlugin,
        definePlugin({
          manifest: { id: "test.endless", version: "1.0.0", api: "^1.0" },
          setup({ tap }) {
            tap("model.list", () => [local]);
            tap("task.route", () => ({ model: local.id, maxOutputTokens: 1, why: "only", considered: [] }));
            tap("model.call", (_request, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject((stopped = true)))));
          },
        }),
      ],
    });
    const { Journal, Runner } = await import("@orrery/sdk");
    await host.kernel.service(Runner)?.start({ text: "t", actor: "x", workspace: "w", spending: { allowed: false, capNano: 0, why: "" }, team: team("a") });
    while (!host.events().some(({ type }) => type === "budget.reserved")) await new Promise((resolve) => setTimeout(resolve, 1));
    await host.kernel.uninstall("orrery.runner");
    expect(stopped).toBe(true);
    expect(host.journal().map(({ type }) => type)).not.toContain("run.finished");
    expect((await host.kernel.service(Journal)?.runs())?.map(({ status }) => status)).toEqual(["interrupted"]);
    expect(host.log.filter(({ level }) => level === "error")).toEqual([]);
  });

  it("keeps two runs at once apart", async () => {
    host = await createTestHost({
      plugins: [
        runner,
        chainPlugin,
        provider(async ({ view }) => {
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
          return `${view.task}|${view.inputs.map(({ text }) => text).join()}`;
        }),
      ],
    });
    const canaries = Array.from({ length: 12 }, (_, i) => `canary-${i}-`);
    const reports = await Promise.all(canaries.map((canary) => host.run(canary, { team: team("a", "b") })));
    reports.forEach((report, i) => {
      const own = canaries[i] as string;
      for (const canary of canaries) if (canary !== own) expect(report.output).not.toContain(canary);
      expect(report.output).toBe(`${own}|${own}|`);
    });
  });

  /** A host whose model notes the earlier answers it was shown, one list a turn. */
  async function hostWithThreads(answer: (turn: number) => string): Promise<string[][]> {
    const threads: string[][] = [];
    const noting = provider(({ view }) => {
      threads.push(view.thread.map((turn) => turn.answer));
      return answer(threads.length);
    });
    host = await createTestHost({ plugins: [runner, chainPlugin, noting] });
    return threads;
  }

  it("carries a thread's earlier answers into the next turn", async () => {
    const threads = await hostWithThreads((turn) => `answer ${turn}`);
    const first = await host.run("one", { team: team("a") });
    await host.run("two", { team: team("a"), thread: first.thread });
    expect(threads).toEqual([[], ["answer 1"]]);
  });

  it("keeps a thread to its workspace, whoever knows its name", async () => {
    const threads = await hostWithThreads(() => "a secret of this workspace");
    const first = await host.run("one", { team: team("a"), workspace: "ours" });
    await host.run("two", { team: team("a"), workspace: "theirs", thread: first.thread });
    await host.run("three", { team: team("a"), workspace: "ours", thread: first.thread });
    expect(threads).toEqual([[], [], ["a secret of this workspace"]]);
  });
});
