import cost from "@orrery/plugins/cost";
import sequential from "@orrery/plugins/topologies/sequential";
import { basisWords, type EventData, Journal, type ModelInfo, type RunDigest, Runner, Storage, type Team, type ToolRequest } from "@orrery/sdk";
import { pruneRuns } from "@orrery/sdk/archive";
import { createTestHost } from "@orrery/sdk/testing";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { echoModel, scripted, teamOf } from "../../tests/support/tiny-team.ts";
import calculator from "../tools/calculator/index.ts";
import policy from "../tools/policy/index.ts";
import runner from "./index.ts";
import { observedIn } from "./observed.ts";

const spending = { allowed: true, capNano: 1_000_000_000, why: "a test" };
const paid: ModelInfo = { ...echoModel, id: "mine/priced", paid: true, local: false };
const priced = [cost, { config: { prices: { "mine/priced": { inputUsdPerMTok: 1, outputUsdPerMTok: 2 } } } }] as const;
const withTools = (team: Team): Team => ({ ...team, agents: team.agents.map((agent) => ({ ...agent, tools: ["calculator"] })) });
/** Calls the calculator twice before it answers, where it has one. */
const adding = scripted(({ messages, tools = [] }) => {
  const done = messages.filter(({ role }) => role === "tool").length;
  const toolCalls: ToolRequest[] = [{ id: `c${done}`, tool: "calculator", input: { expression: `${done} + 1` } }];
  return tools.length > 0 && done < 2 ? { toolCalls } : "done";
}, paid);

async function open() {
  const host = await createTestHost({ plugins: [runner, sequential, priced, calculator, policy, adding] });
  onTestFinished(() => host.close());
  const service = host.kernel.service(Runner);
  if (!service) throw new Error("no runner");
  const forecast = async (team: Team) => (await service.forecast({ text: "t", actor: "t", workspace: "test", team, spending })).estimate;
  const run = (team: Team) => host.run("t", { team, spending });
  return { host, forecast, run };
}

describe("a forecast after runs that are over", () => {
  it("rests on what each agent's own steps took, then on those of its model, and says which; with too few it is assumed", async () => {
    const { host, forecast, run } = await open();
    const assumed = await forecast(teamOf("a"));
    expect(assumed).toMatchObject({ outputTokens: 100, basis: [{ agent: "a", from: "assumed", steps: 0 }] });
    expect([assumed.usualNano, assumed.usualOutputTokens]).toEqual([undefined, undefined]);
    await run(teamOf("a"));
    await run(teamOf("a"));
    expect((await forecast(teamOf("a"))).basis).toEqual([{ agent: "a", from: "assumed", steps: 0 }]);
    const { estimate } = await run(teamOf("a"));
    expect(estimate?.basis).toEqual([{ agent: "a", from: "assumed", steps: 0 }]);
    const known = await forecast(teamOf("a"));
    expect(known).toMatchObject({ outputTokens: 5, usualOutputTokens: 5, basis: [{ agent: "a", from: "agent", steps: 3 }] });
    expect(known.nano).toBe(known.inputTokens * 1_000 + 5 * 2_000);
    expect(known.usualNano).toBe(known.nano);
    // What an answer may have at most is not less for what others had.
    expect(known.mostNano).toBe(assumed.mostNano);
    expect((await forecast({ ...teamOf("a", "b"), name: "another team" })).basis).toEqual([
      { agent: "a", from: "model", steps: 3 },
      { agent: "b", from: "model", steps: 3 },
    ]);
    expect((await forecast(withTools(teamOf("a")))).basis).toEqual([{ agent: "a", from: "assumed", steps: 0 }]);
    const planned = host.events().flatMap(({ type, data }) => (type === "run.planned" ? [data as EventData<"run.planned">] : []));
    expect(planned.at(-1)?.estimate?.basis).toEqual([{ agent: "a", from: "assumed", steps: 0 }]);
  });

  it("has the rounds with tools in it that earlier steps had", async () => {
    const { forecast, run } = await open();
    const team = withTools(teamOf("a"));
    const before = await forecast(team);
    for (let i = 0; i < 3; i++) expect((await run(team)).cost).toMatchObject({ calls: 3, outputTokens: 15 });
    const after = await forecast(team);
    expect(after).toMatchObject({ outputTokens: 15, basis: [{ agent: "a", from: "agent", steps: 3 }] });
    // Three prompts, and in the second and third what was answered before.
    expect(after.inputTokens).toBe(3 * before.inputTokens + 3 * 5);
    expect(after.mostNano).toBeGreaterThan(3 * (before.mostNano ?? 0));
  });

  it("reads each journal once, and is assumed again when the runs are taken out", async () => {
    const { host, forecast, run } = await open();
    for (let i = 0; i < 3; i++) await run(teamOf("a"));
    const [journal, storage] = [host.kernel.service(Journal), host.kernel.service(Storage)];
    if (!journal || !storage) throw new Error("no stores");
    const read = vi.spyOn(journal, "read");
    for (let i = 0; i < 2; i++) expect((await forecast(teamOf("a"))).basis).toMatchObject([{ from: "agent", steps: 3 }]);
    expect(read).toHaveBeenCalledTimes(3);
    await pruneRuns({ journal, storage, workspace: undefined }, { keep: 1 }, 0, async () => {});
    expect(await storage.open("orrery.digests").list("")).toHaveLength(1);
    expect((await forecast(teamOf("a"))).basis).toMatchObject([{ from: "assumed", steps: 0 }]);
  });
});

describe("what earlier steps took", () => {
  const digest = (team: string, agent: string, answers: [model: string, outputTokens: number, rounds: number][], tools = false): RunDigest => ({
    run: "r",
    startedAt: 0,
    task: "t",
    status: "accepted",
    team,
    agents: [
      {
        ...{ id: agent, role: "", skill: "", model: "", steps: 0, failed: 0, calls: 0, microUsd: 0, rejected: 0, memories: [], tools },
        answers: answers.map(([model, outputTokens, rounds]) => ({ model, outputTokens, rounds })),
      },
    ],
  });
  const ten = Array.from({ length: 10 }, (_, i): [string, number, number] => ["m", (i + 1) * 10, i]);

  it("is the middle one of them, and the one that nine of ten do not exceed", () => {
    const observed = observedIn([digest("t", "a", ten, true)]);
    expect(observed({ team: "t", agent: "a", model: "m", tools: true })).toEqual({
      from: "agent",
      steps: 10,
      outputTokens: { median: 50, p90: 90 },
      rounds: { median: 4, p90: 8 },
    });
    expect(observed({ team: "t", agent: "a", model: "m", tools: false })).toBeUndefined();
    expect(observed({ team: "t", agent: "a", model: "n", tools: true })).toBeUndefined();
  });

  it("is of the agent where it has three of that model, of the model where all together have three, and of nobody else", () => {
    const observed = observedIn([
      digest("t", "a", [
        ["m", 1, 0],
        ["m", 2, 0],
        ["m", 3, 0],
      ]),
      digest("t", "b", [
        ["m", 9, 0],
        ["n", 9, 0],
      ]),
    ]);
    const of = (team: string, agent: string, model: string) => observed({ team, agent, model, tools: false });
    expect(of("t", "a", "m")).toMatchObject({ from: "agent", steps: 3, outputTokens: { median: 2 } });
    expect(of("t", "b", "m")).toMatchObject({ from: "model", steps: 4 });
    expect(of("another", "a", "m")).toMatchObject({ from: "model", steps: 4 });
    expect(of("t", "b", "n")).toBeUndefined();
  });

  it("is told in words, an agent's name once", () => {
    const words = (...basis: [agent: string, from: "agent" | "model" | "assumed", steps: number][]) =>
      basisWords(basis.map(([agent, from, steps]) => ({ agent, from, steps })));
    expect(words(["a", "assumed", 0], ["b", "assumed", 0])).toBe("assumed");
    expect(words(["a", "agent", 12], ["b", "model", 30], ["c", "assumed", 0])).toBe(
      "a: from 12 earlier steps of this agent; b: from 30 earlier steps on this model; c: assumed",
    );
    expect(words(["a", "model", 3], ["b", "model", 3], ["c", "model", 3], ["d", "model", 3], ["e", "model", 3])).toBe(
      "a, b, c and 2 more: from 3 earlier steps on this model",
    );
  });
});
