import {
  type AnyPlugin,
  definePlugin,
  Ledger,
  type ModelInfo,
  type ModelRequest,
  Models,
  type ModelsFor,
  token,
  type TopologyExecutor,
  topologyToken,
} from "@orrery/sdk";
import { createTestHost, type TestHost } from "@orrery/sdk/testing";
import { afterEach, describe, expect, it } from "vitest";
import runner from "./index.ts";

const model = (id: string, over: Partial<ModelInfo> = {}): ModelInfo => ({
  id,
  provider: "test",
  label: id,
  kind: "generative",
  local: true,
  paid: false,
  state: "connected",
  source: "this test",
  ...over,
});
const models = [model("test/paid", { paid: true, local: false }), model("test/away", { local: false }), model("test/free")];

/** One agent, once. */
const single = definePlugin({
  manifest: { id: "test.single", version: "1.0.0", api: "^1.0" },
  provides: [token(topologyToken("sequential"))],
  setup({ provide, tap }) {
    const executor: TopologyExecutor = {
      check: () => [],
      predictCalls: () => ({ min: 1, expected: 1, max: 1 }),
      edges: () => [],
      start: () => ({ state: null, dispatch: [{ path: "r0/a", agent: "a", round: 0, inputs: [] }] }),
      next: (state, settled) => ({ state, dispatch: [], done: { output: settled.path, failures: [] } }),
    };
    provide(token<TopologyExecutor>(topologyToken("sequential")), executor);
    tap("task.topology", () => ({ service: topologyToken("sequential") }));
  },
});
const asked: ModelRequest[] = [];
const provider = (answer: (request: ModelRequest) => string | Promise<string> = ({ origin }) => `for ${origin.agent}`): AnyPlugin =>
  definePlugin({
    manifest: { id: "test.provider", version: "1.0.0", api: "^1.0" },
    setup({ tap }) {
      tap("model.list", () => models);
      tap("task.route", () => ({ model: "test/free", maxOutputTokens: 100, why: "free", considered: [] }));
      tap("model.call", async (request) => {
        asked.push(request);
        return { model: request.model, text: await answer(request), usage: { inputTokens: 10, outputTokens: 5 }, finish: "stop" };
      });
    },
  });
const asking = (capabilities: string[], work: (models: Models, at: { run: string }) => Promise<void>, hook: "step.judge" | "model.request" = "step.judge") =>
  definePlugin({
    manifest: { id: "acme.judge", version: "1.0.0", api: "^1.0", capabilities },
    requires: { models: Models },
    setup({ tap, use }) {
      if (hook === "step.judge")
        tap("step.judge", async ({ run }) => {
          await work(use.models, { run });
          return { judge: "acme.judge", score: 1, decision: "accept", reasons: [] };
        });
      else
        tap("model.request", async (request) => {
          await work(use.models, { run: request.origin.run });
          return request;
        });
    },
  });
const team = { name: "t", agents: [{ id: "a", role: "a", skill: "write", prompt: "p", tools: [] }] };

let host: TestHost;
afterEach(async () => {
  asked.length = 0;
  await host.close();
});
const kinds = () => host.journal().map(({ type }) => type);

describe("a plugin's question to a model", () => {
  it("is answered by a free model on this machine, reserved and settled on the plugin, whatever it says of itself", async () => {
    const answers: unknown[] = [];
    const ask = asking(["model.call"], async (service, { run }) => {
      answers.push(await service.ask({ run, step: "r0/a", prompt: "Is it so?", system: "Say yes or no." }));
      await expect(service.ask({ run, prompt: "x", plugin: "orrery.runner" } as never)).rejects.toMatchObject({ code: "QUESTION_INVALID" });
    });
    host = await createTestHost({ plugins: [provider(), single, runner, ask] });
    const report = await host.run("t", { team });
    expect(report.status).toBe("accepted");
    expect(answers).toEqual([{ text: "for acme.judge", model: "test/free", usage: { inputTokens: 10, outputTokens: 5 }, costNano: 0, finish: "stop" }]);
    expect(asked[1]).toMatchObject({ system: "Say yes or no.", origin: { plugin: "acme.judge", agent: "acme.judge", step: "r0/a", actor: "tester" } });
    expect(report.cost).toMatchObject({ calls: 2, byPlugin: { "acme.judge": 0, "test.single": 0 } });
    const question = host.journal().find(({ type }) => type === "plugin.asked");
    expect(question?.data).toMatchObject({ model: "test/free", question: "Is it so?", origin: { plugin: "acme.judge" } });
  });

  it("needs the capability, and a denial is on record", async () => {
    host = await createTestHost({
      plugins: [provider(), single, runner, asking([], (service, { run }) => service.ask({ run, prompt: "x" }).then(() => undefined))],
    });
    expect((await host.run("t", { team })).status).toBe("accepted");
    expect(asked).toHaveLength(1);
    expect(host.report("acme.judge")?.faults).toMatchObject([{ hook: "step.judge", message: expect.stringContaining("model.call") }]);
  });

  it("to a paid model is denied where nobody vouches for it, and the denial is in the run's journal", async () => {
    const codes: string[] = [];
    const ask = asking(["model.call"], async (service, { run }) => {
      codes.push(
        await service.ask({ run, model: "test/paid", prompt: "x" }).then(
          () => "answered",
          (error: { code: string }) => error.code,
        ),
      );
    });
    host = await createTestHost({ plugins: [provider(), single, runner, ask] });
    await host.run("t", { team });
    expect(codes).toEqual(["BUDGET_EXCEEDED"]);
    expect(host.journal().find(({ type }) => type === "budget.denied")?.data).toMatchObject({ model: "test/paid", origin: { plugin: "acme.judge" } });
  });

  it("that makes the plugin ask again comes to an end", async () => {
    const codes: string[] = [];
    const ask = asking(
      ["model.call"],
      async (service, { run }) => {
        await service.ask({ run, prompt: "again" }).catch((error: { code: string; cause?: { code: string } }) => codes.push(error.code));
      },
      "model.request",
    );
    host = await createTestHost({ plugins: [provider(), single, runner, ask] });
    expect((await host.run("t", { team })).status).toBe("accepted");
    expect(codes).toContain("QUESTIONS_TOO_MANY");
    expect(kinds().filter((type) => type === "plugin.asked").length).toBeLessThanOrEqual(4);
  });

  it("is broken off and settled before its run ends; afterwards nothing is asked for it", async () => {
    let late: Promise<unknown> = Promise.resolve();
    let kept: { service: Models; run: string } | undefined;
    const ask = asking(["model.call"], async (service, { run }) => {
      kept = { service, run };
      late = service.ask({ run, prompt: "wait" }).catch((error: { code: string }) => error.code);
    });
    host = await createTestHost({
      plugins: [provider((request) => (request.origin.agent === "a" ? "x" : new Promise(() => undefined))), single, runner, ask],
    });
    await host.run("t", { team });
    expect(await late).toBe("RUN_CANCELLED");
    expect(kinds().at(-1)).toBe("run.finished");
    await expect(kept?.service.ask({ run: kept.run, prompt: "x" })).rejects.toMatchObject({ code: "RUN_NOT_UNDER_WAY" });
  });

  it("outside any run is a run of its own in the journal, from the submission to the end", async () => {
    host = await createTestHost({ plugins: [provider(), runner] });
    const service = host.kernel.service(Models) as ModelsFor;
    expect(await service.ask({ prompt: "What now?" }, "acme.watcher")).toMatchObject({ text: "for acme.watcher" });
    expect(kinds()).toEqual(["run.submitted", "plugin.asked", "budget.reserved", "budget.settled", "run.finished"]);
    expect(host.journal()[0]?.data).toMatchObject({ task: { text: "acme.watcher asks: What now?", actor: "acme.watcher", thread: "plugin:acme.watcher" } });
    await expect(service.ask({ prompt: "x", model: "test/none" }, "acme.watcher")).rejects.toMatchObject({ code: "MODEL_NOT_THERE" });
    expect(kinds().at(-1)).toBe("run.finished");
    expect(host.kernel.service(Ledger)).toBeUndefined();
  });

  it("asked on every event is answered so many times a minute and no more", async () => {
    const watcher = definePlugin({
      manifest: { id: "acme.watcher", version: "1.0.0", api: "^1.0", capabilities: ["model.call"] },
      requires: { models: Models },
      setup: ({ tap, use }) => void tap("event", async () => void (await use.models.ask({ prompt: "And this?" }).catch(() => undefined))),
    });
    host = await createTestHost({ plugins: [provider(), single, [runner, { config: { questions: 5 } }], watcher] });
    await host.run("t", { team });
    await expect.poll(() => kinds().filter((type) => type === "plugin.asked").length).toBe(5);
    expect(asked.filter(({ origin }) => origin.plugin === "acme.watcher").length).toBeLessThanOrEqual(5);
  });
});
