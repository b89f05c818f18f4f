import cost from "@orrery/plugins/cost";
import debate from "@orrery/plugins/topologies/debate";
import sequential from "@orrery/plugins/topologies/sequential";
import { definePlugin, type EventData, type ModelInfo, Runner } from "@orrery/sdk";
import { createTestHost } from "@orrery/sdk/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { echoModel, scripted, teamOf } from "../../tests/support/tiny-team.ts";
import runner from "./index.ts";

const spending = { allowed: true, capNano: 1_000_000_000, why: "a test" };
const request = { text: "Say hello", actor: "t", workspace: "w", team: teamOf("a", "b"), spending };
const paid: ModelInfo = { ...echoModel, id: "mine/priced", paid: true, local: false };
/** The real ledger with a price of its own: $1 a million tokens in, $2 out. */
const priced = [cost, { config: { prices: { "mine/priced": { inputUsdPerMTok: 1, outputUsdPerMTok: 2 } } } }] as const;

async function open(model: ModelInfo, config: object = {}) {
  const host = await createTestHost({ plugins: [[runner, { config }], sequential, debate, priced, scripted(() => "hello", model)] });
  onTestFinished(() => host.close());
  const service = host.kernel.service(Runner);
  if (!service) throw new Error("no runner");
  const planned = () => host.events().flatMap(({ type, data }) => (type === "run.planned" ? [data as EventData<"run.planned">] : []))[0];
  return { host, service, planned };
}

describe("what a run is expected to take", () => {
  it("is tokens and no money on a local model, and stands in the journal and the report before what it took", async () => {
    const { host, planned } = await open(echoModel);
    const report = await host.run("Say hello", { team: teamOf("a", "b") });
    const { estimate, predicted } = planned() ?? {};
    expect(predicted?.expected).toBe(2);
    // The router lets an answer have 100 tokens; b is shown a's.
    expect(estimate).toMatchObject({ outputTokens: 200, nano: 0, mostNano: 0, unpriced: [] });
    expect(report.estimate).toEqual({
      inputTokens: estimate?.inputTokens,
      outputTokens: 200,
      microUsd: 0,
      mostMicroUsd: 0,
      unpriced: [],
      basis: ["a", "b"].map((agent) => ({ agent, from: "assumed", steps: 0 })),
    });
    expect(report.cost).toMatchObject({ calls: 2, inputTokens: 20, outputTokens: 10, microUsd: 0 });
    const types = host.events().map(({ type }) => type);
    expect(types.indexOf("run.planned")).toBeLessThan(types.indexOf("step.started"));
  });

  it("is the catalogue's price of those tokens on a paid model, and at most that of the longest", async () => {
    const { service } = await open(paid);
    const { estimate } = await service.forecast(request);
    expect(estimate.nano).toBe(estimate.inputTokens * 1_000 + estimate.outputTokens * 2_000);
    expect(estimate.mostNano).toBeGreaterThan(estimate.nano ?? 0);
    expect(estimate.unpriced).toEqual([]);
  });

  it("is unknown where a price is, and says of which model", async () => {
    const { service, host } = await open({ ...paid, id: "mine/unheard-of" });
    const { estimate } = await service.forecast(request);
    expect([estimate.nano, estimate.mostNano, estimate.unpriced]).toEqual([undefined, undefined, ["mine/unheard-of"]]);
    const report = await host.run("Say hello", { team: teamOf("a"), spending });
    expect(report.estimate).toMatchObject({ microUsd: null, mostMicroUsd: null, unpriced: ["mine/unheard-of"] });
  });

  it("grows with the topology's calls, with what agents hear of one another, and with what there is to read", async () => {
    const { service } = await open(echoModel, { answerTokens: 50 });
    const of = async (more: object) => (await service.forecast({ ...request, ...more })).estimate;
    const chain = await of({});
    expect(chain.outputTokens).toBe(100);
    const alone = await of({ team: teamOf("a") });
    expect(chain.inputTokens).toBeGreaterThan(2 * alone.inputTokens);
    expect((await of({ topology: "debate" })).outputTokens).toBeGreaterThan(chain.outputTokens);
    const short = await of({ documentBytes: 1_200 });
    const long = await of({ documentBytes: 1_000_000 });
    expect(short.inputTokens).toBeGreaterThan(chain.inputTokens);
    expect(long.inputTokens).toBeGreaterThan(short.inputTokens);
    // A model is shown so many passages and no more, however much there is.
    expect(await of({ documentBytes: 9_000_000 })).toEqual(long);
  });

  it("of a fork is that of the steps that are done anew", async () => {
    const { host, service } = await open(echoModel);
    const first = await host.run("Say hello", { team: teamOf("a", "b", "c", "d") });
    const estimateAt = async (at?: string) => {
      const { runId } = await service.fork(first.runId, at === undefined ? {} : { at }, { actor: "t" });
      return (await service.wait(runId)).estimate;
    };
    expect(first.estimate?.outputTokens).toBe(400);
    expect((await estimateAt("r0/c"))?.outputTokens).toBe(200);
    expect(await estimateAt()).toMatchObject({ inputTokens: 0, outputTokens: 0, microUsd: 0 });
  });

  it("is left out where a router fails, and the step says why", async () => {
    const { host, planned } = await open(echoModel);
    const lost = definePlugin({
      manifest: { id: "test.lost-router", version: "1.0.0", api: "^1.0" },
      setup({ tap }) {
        tap("task.route", () => Promise.reject(new Error("no map")), { before: ["test.provider"] });
      },
    });
    await host.install(lost);
    const report = await host.run("Say hello", { team: teamOf("a") });
    expect(planned()).toBeDefined();
    expect([planned()?.estimate, report.estimate]).toEqual([undefined, undefined]);
    expect(report).toMatchObject({ status: "failed", error: { plugin: "test.lost-router" } });
  });
});
