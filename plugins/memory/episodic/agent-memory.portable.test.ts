import { EpisodicMemory, type ModelRequest, Runner, type Team } from "@orrery/sdk";
import { createTestHost } from "@orrery/sdk/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { scripted, teamOf } from "../../../tests/support/tiny-team.ts";
import runner from "../../runner/index.ts";
import sequential from "../../topologies/sequential/index.ts";
import memory from "./index.ts";

const task = "How does the plugin system isolate errors?";
const canary = "canary-7f3a";

/** A host whose agents say what the test has them say; what each was asked is kept. */
async function open(says: (agent: string, run: number) => string = (agent) => `${agent} says ${agent === "ada" ? canary : "nothing"}`) {
  const asked: ModelRequest[] = [];
  const runs = new Set<string>();
  const host = await createTestHost({
    plugins: [
      runner,
      sequential,
      memory,
      scripted((request) => {
        asked.push(request);
        runs.add(request.origin.run);
        return says(request.origin.agent, runs.size);
      }),
    ],
  });
  onTestFinished(() => host.close());
  const service = host.kernel.service(EpisodicMemory);
  if (!service) throw new Error("no memory");
  const run = (team: Team, text = task) => host.run(text, { team });
  const told = (agent: string) => asked.filter(({ origin }) => origin.agent === agent).map(({ messages, view }) => JSON.stringify([messages, view]));
  return { host, service, run, asked, told, remembered: (agent: string) => service.list({ workspace: "test", agent }) };
}
const named = (...ids: string[]): Team => ({ ...teamOf(...ids), name: "newsroom" });
const sees = (told: string | undefined) => told?.includes(canary) ?? false;

describe("an agent with a memory of its own", () => {
  it("remembers over runs what it said, and nobody else ever sees it", async () => {
    // In the second run nobody says the canary: whoever sees it, remembers it.
    const { run, told, remembered, asked } = await open((agent, nth) => `${agent}: ${agent === "ada" && nth === 1 ? canary : "something else"}`);
    await run(named("ada", "bob"));
    expect(await remembered("newsroom/ada")).toMatchObject([{ agent: "ada", task, summary: expect.stringContaining(canary), status: "accepted" }]);
    const report = await run(named("ada", "bob"));
    expect(told("ada").map(sees)).toEqual([false, true]);
    // Bob is shown what Ada says in his run, and nothing of what she remembers.
    expect(sees(told("bob")[1])).toBe(false);
    expect(asked.find(({ origin }) => origin.run === report.runId && origin.agent === "ada")?.messages[0]?.content).toMatch(
      new RegExp(`## What you said in earlier tasks\\nAsked: .*\\nYou said: .*${canary}`),
    );
    expect(report.memory.recalled.filter(({ agent }) => agent === "ada")).toMatchObject([{ task, summary: expect.stringContaining(canary) }]);
  });

  it("is another one under the same name in another team, and in another workspace", async () => {
    const { host, run, told, remembered } = await open();
    await run(named("ada"));
    await run({ ...named("ada"), name: "kitchen" });
    await host.run(task, { team: named("ada"), workspace: "elsewhere" });
    expect(
      told("ada")
        .slice(1)
        .map((text) => text.includes("What you said")),
    ).toEqual([false, false]);
    expect((await remembered("newsroom/ada")).length).toBe(1);
  });

  it("keeps nothing when its team says so, and what a planner made up remembers nothing unless it does", async () => {
    const { run, host, service } = await open();
    const [ada, bob] = named("ada", "bob").agents;
    if (!ada || !bob) throw new Error("no team");
    await run({ ...named("ada"), agents: [{ ...ada, memory: false }, bob] });
    expect(await service.agents({ workspace: "test" })).toEqual([{ agent: "newsroom/bob", episodes: 1 }]);
    await host.run(task, {});
    expect((await service.agents({ workspace: "test" })).map(({ agent }) => agent)).toEqual(["newsroom/bob"]);
  });

  it("is shown what it remembers again when its run is carried on by another process", async () => {
    const first = await open();
    await first.run(named("ada"));
    const second = await first.run(named("ada"));
    const mine = first.host.journal().filter(({ run }) => run === second.runId);
    const begun = mine.findIndex(({ type }) => type === "step.started");
    const told: string[] = [];
    const host = await createTestHost({
      entries: mine.slice(0, begun),
      plugins: [runner, sequential, memory, scripted(({ view }) => String(told.push(JSON.stringify(view))))],
    });
    onTestFinished(() => host.close());
    await host.kernel.service(Runner)?.resume(second.runId, { actor: "t" });
    await host.kernel.service(Runner)?.wait(second.runId);
    expect(told.map(sees)).toEqual([true]);
  });

  it("forgets one thing, or everything, and no other agent forgets with it", async () => {
    const { run, service, remembered } = await open();
    await run(named("ada", "bob"));
    await run(named("ada", "bob"), "Who painted the ceiling of the chapel?");
    expect((await service.agents({ workspace: "test" })).map(({ agent, episodes }) => `${agent} ${episodes}`).sort()).toEqual([
      "newsroom/ada 2",
      "newsroom/bob 2",
    ]);
    const [newest] = await remembered("newsroom/ada");
    expect(await service.forget(newest?.id ?? "")).toBe(true);
    expect(await remembered("newsroom/ada")).toMatchObject([{ task }]);
    expect(await service.forgetAgent({ workspace: "test", agent: "newsroom/ada" })).toBe(1);
    expect([await remembered("newsroom/ada"), (await remembered("newsroom/bob")).length]).toEqual([[], 2]);
  });

  it("keeps to its bound, whatever the workspace keeps", async () => {
    const { host } = await open();
    const small = await createTestHost({ plugins: [runner, sequential, [memory, { config: { keepAgent: 2 } }], scripted(() => "an answer")] });
    onTestFinished(() => small.close());
    await host.close();
    for (const text of ["one apple", "two pears", "three plums"]) await small.run(text, { team: named("ada") });
    const service = small.kernel.service(EpisodicMemory);
    expect((await service?.list({ workspace: "test", agent: "newsroom/ada" }))?.length).toBe(2);
    expect((await service?.list({ workspace: "test" }))?.length).toBe(3);
  });
});
