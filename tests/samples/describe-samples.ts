import cost from "@orrery/plugins/cost";
import runner from "@orrery/plugins/runner";
import sequential from "@orrery/plugins/topologies/sequential";
import { type AnyPlugin, collectViews, definePlugin, type ModelInfo, type ModelRequest } from "@orrery/sdk";
import { describeSource, type SandboxEngine, sandboxedPlugin } from "@orrery/sdk/sandbox";
import { createTestHost, samples, type TestHost } from "@orrery/sdk/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import frugalRouter from "../../examples/plugins/frugal-router.js";
import frugalRouterCode from "../../examples/plugins/frugal-router.js?raw";
import secondOpinion from "../../examples/plugins/second-opinion.js";
import secondOpinionCode from "../../examples/plugins/second-opinion.js?raw";
import wordCount from "../../examples/plugins/word-count.js";
import wordCountCode from "../../examples/plugins/word-count.js?raw";
import workLog from "../../examples/plugins/work-log.js";
import workLogCode from "../../examples/plugins/work-log.js?raw";
import { expected } from "./expected.ts";
import { echoModel, teamOf } from "../support/tiny-team.ts";

/** A sample plugin as it is imported, and as the text a sandbox is given: one file. */
const files = {
  "frugal-router": { plugin: frugalRouter, code: frugalRouterCode },
  "second-opinion": { plugin: secondOpinion, code: secondOpinionCode },
  "word-count": { plugin: wordCount, code: wordCountCode },
  "work-log": { plugin: workLog, code: workLogCode },
} as const;
type Name = keyof typeof files;

/** Where plugins run: in the kernel's own realm, or in guests of an engine. */
type Place = { install(host: TestHost, name: Name): Promise<string> };

const inProcess: Place = {
  install: async (host, name) => {
    const { plugin } = files[name];
    return (await host.install(plugin, { tier: "community" })).state;
  },
};
const sandboxed = (engine: SandboxEngine): Place => ({
  async install(host, name) {
    const { code } = files[name];
    const { manifest, hooks, requires, provides } = await describeSource(code, engine, {
      now: () => Date.now(),
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    });
    const plugin = sandboxedPlugin({ manifest: { ...manifest, hooks, requires, provides }, code, engine });
    return (await host.install(plugin, { tier: "community" })).state;
  },
});

const reviewer: ModelInfo = { ...echoModel, id: "test/reviewer" };
const dear: ModelInfo = { ...echoModel, id: "test/dear", paid: true, local: false, price: { inputUsdPerMTok: 1, outputUsdPerMTok: 2 } };
const dearest: ModelInfo = { ...dear, id: "test/dearest", price: { inputUsdPerMTok: 10, outputUsdPerMTok: 20 } };

/** A provider of what the test wrote, which routes steps to the echo model unless a sample does. */
const provider = (models: readonly ModelInfo[], answer: (request: ModelRequest) => string): AnyPlugin =>
  definePlugin({
    manifest: { id: "test.provider", version: "1.0.0", api: "^1.0" },
    setup({ tap }) {
      tap("model.list", () => [...models]);
      tap("task.route", () => ({ model: echoModel.id, maxOutputTokens: 100, why: "the usual", considered: [] }), { phase: "observe" });
      tap("model.call", async (request) => ({ model: request.model, text: answer(request), usage: { inputTokens: 10, outputTokens: 5 }, finish: "stop" }));
    },
  });

/** What each scenario shows of a sample, as data without times and ids. */
const scenarios: { readonly [name: string]: (place: Place, hold: (host: TestHost) => TestHost) => Promise<unknown> } = {
  "the router takes the cheapest that fits, within what is left, and leaves a person's choice alone": async (place, hold) => {
    const host = hold(await createTestHost());
    const state = await place.install(host, "frugal-router");
    const paying = samples.step({ spending: { allowed: true, capNano: 1e9, why: "a test" } });
    const ask = (models: ModelInfo[], step = paying, more = {}) => host.call("task.route", { step, models, remainingNano: 1e9, ...more });
    return [
      state,
      await ask([dearest, dear]),
      await ask([dearest, dear, echoModel]),
      await ask([dear, dearest], paying, { remainingNano: 1_000 }),
      await ask([dear, { ...echoModel, contextTokens: 100 }], { ...paying, localOnly: true }),
      await ask([dear], samples.step()),
      await ask([dear], paying, { preferred: "test/dearest" }),
    ];
  },

  "the router decides in a run": async (place, hold) => {
    const host = hold(await createTestHost({ plugins: [provider([dear, reviewer], ({ model }) => `by ${model}`), runner, sequential] }));
    await place.install(host, "frugal-router");
    const report = await host.run("Say hello", { team: teamOf("a", "b") });
    return { status: report.status, output: report.output, agents: report.agents.map(({ id, model, why }) => [id, model, why]) };
  },

  "the judge asks a model, billed to itself, and scores by its answer": async (place, hold) => {
    const answers = ["8 It answers the task.", "2: off the point", "no idea"];
    const seen: unknown[] = [];
    for (const text of answers) {
      const models = [echoModel, reviewer];
      const host = hold(
        await createTestHost({
          plugins: [provider(models, (request) => (request.origin.agent === "acme.second-opinion" ? text : "hello")), cost, runner, sequential],
        }),
      );
      await place.install(host, "second-opinion");
      const { verdicts, cost: spent, status } = await host.run("Say hello", { team: teamOf("a") });
      const question = host.journal().find(({ type }) => type === "plugin.asked")?.data as { model: string; origin: { plugin: string } } | undefined;
      seen.push({ status, verdicts, byPlugin: spent.byPlugin, calls: spent.calls, asked: question && [question.model, question.origin.plugin] });
      await host.close();
    }
    return seen;
  },

  "the judge stands back where it may not ask": async (place, hold) => {
    const host = hold(await createTestHost({ plugins: [provider([echoModel, reviewer], () => "hello"), [runner, { config: { questions: 0 } }], sequential] }));
    await place.install(host, "second-opinion");
    const { verdicts, status } = await host.run("Say hello", { team: teamOf("a") });
    return { status, verdicts, log: host.log.filter(({ message }) => message.includes("second opinion")).map(({ level, message }) => [level, message]) };
  },

  "the tool is offered, counts what it is given and leaves other tools alone": async (place, hold) => {
    const host = hold(await createTestHost());
    await place.install(host, "word-count");
    const { origin } = samples.request();
    const count = (tool: string, text: string) =>
      host.call("tool.call", { id: "call_sample", origin, tool, input: { text }, named: [tool], effects: [], localOnly: false });
    return [await host.call("tool.list", {}), await count("count", "It works. Does it? Yes!"), await count("count", ""), await count("calculator", "1")];
  },

  "the observer shows what it saw, under Extend and beside a run": async (place, hold) => {
    const host = hold(await createTestHost({ plugins: [provider([echoModel], () => "hello"), runner, sequential] }));
    await place.install(host, "work-log");
    const before = await collectViews(host.kernel, { place: "extend" });
    const { runId } = await host.run("Say hello", { team: teamOf("a", "b") });
    let beside = await collectViews(host.kernel, { place: "run", run: runId });
    // What is only told is told in the host's own time.
    await expect
      .poll(async () => (beside = await collectViews(host.kernel, { place: "run", run: runId }))[0]?.view?.blocks[0])
      .toMatchObject({ rows: [{}, {}] });
    const after = await collectViews(host.kernel, { place: "extend" });
    return JSON.parse(
      JSON.stringify([before, beside, after, await collectViews(host.kernel, { place: "run", run: "run_none" })])
        .replaceAll(runId, "RUN")
        .replaceAll(runId.slice(-6), "RUN"),
    );
  },

  "the observer shows nothing where it was not granted a view, and that is told": async (place, hold) => {
    const host = hold(await createTestHost());
    const original = host.install;
    await place.install({ ...host, install: (plugin, options) => original(plugin, { ...options, deny: ["ui.view"] }) }, "work-log");
    return [await collectViews(host.kernel, { place: "extend" }), host.report("acme.work-log")?.capabilities];
  },
};

/** The samples in guests of an engine do what they do in the kernel's realm: the same suite, the results compared as data. */
export function describeSamples(where: string, makeEngine?: () => SandboxEngine): void {
  describe(`the sample plugins ${where}`, () => {
    let engine: SandboxEngine | undefined;
    const hosts: TestHost[] = [];
    const hold = (host: TestHost): TestHost => {
      hosts.push(host);
      return host;
    };
    beforeAll(() => {
      engine = makeEngine?.();
    });
    afterEach(async () => {
      for (const host of hosts.splice(0)) await host.close();
    });
    afterAll(() => engine?.close());

    for (const [name, scenario] of Object.entries(scenarios)) {
      it(name, async () => {
        const here = await scenario(inProcess, hold);
        expect(here).toEqual(expected[name]);
        if (engine) expect(await scenario(sandboxed(engine), hold)).toEqual(here);
      });
    }
  });
}
