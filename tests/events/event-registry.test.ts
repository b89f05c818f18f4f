import cost from "@orrery/plugins/cost";
import runner from "@orrery/plugins/runner";
import parallel from "@orrery/plugins/topologies/parallel";
import calculator from "@orrery/plugins/tools/calculator";
import policy from "@orrery/plugins/tools/policy";
import sequential from "@orrery/plugins/topologies/sequential";
import { definePlugin, events, type Json, Models, Runner } from "@orrery/sdk";
import { createTestHost, type TestHost } from "@orrery/sdk/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { everyday, workspaceAssets } from "../support/preset.ts";
import { echoModel, scripted, teamOf } from "../support/tiny-team.ts";

const sent = new Set<string>();
const heard = new Set<string>();
/** The journal in memory refuses an entry that does not fit its schema, so whatever is here was valid. */
const collect = async (host: TestHost) => {
  for (const { type } of host.journal()) sent.add(type);
  for (const { type } of host.events()) heard.add(type);
  await host.close();
};

const notes = {
  "notes.md":
    "# Launch\n\nThe launch of the telescope is planned for 4 March 2027. The budget of the launch is 12 million euros.\n\nThe mirror was polished in Jena.",
};

/** Everything a person can tell a run, and a run that cannot go on. */
async function steered(): Promise<void> {
  const team = { ...teamOf("a", "b"), gates: [{ id: "look", after: "a", ask: "Is it right?" }] };
  const host = await createTestHost({ plugins: [runner, sequential, scripted(() => "x")] });
  const service = host.kernel.service(Runner);
  if (!service) throw new Error("no runner");
  const request = { text: "t", team, actor: "ada", workspace: "w", spending: { allowed: false, capNano: 0, why: "" } };
  const { runId } = await service.start(request);
  await service.wait(runId);
  for (const told of [{ do: "redirect", instruction: "shorter" }, { do: "pause" }, { do: "resume" }, { do: "approve", gate: "look" }] as const)
    await service.steer(runId, told, "ada");
  await service.wait(runId);
  const second = await service.start(request);
  await service.wait(second.runId);
  await service.steer(second.runId, { do: "cancel" }, "ada");
  const third = await service.start(request);
  await service.wait(third.runId);
  const entries = [...host.journal()];
  await collect(host);
  const without = await createTestHost({ entries, plugins: [runner] });
  await expect(without.kernel.service(Runner)?.resume(third.runId, { actor: "ada" })).rejects.toMatchObject({ code: "TOPOLOGY_MISSING" });
  await collect(without);
}

beforeAll(async () => {
  const research = await createTestHost({ plugins: everyday, assets: workspaceAssets });
  await research.run("When is the launch of the telescope planned?", { documents: notes });
  await research.run("What is the budget of the telescope launch?", { documents: notes });
  await collect(research);

  const failing = await createTestHost({ plugins: [runner, sequential, scripted(() => Promise.reject(new Error("no answer")))] });
  await failing.run("t", { team: teamOf("a") });
  await collect(failing);

  const denied = await createTestHost({ plugins: [runner, sequential, cost, scripted(() => "x", { ...echoModel, paid: true, local: false })] });
  await denied.run("t", { team: teamOf("a") });
  await collect(denied);

  const judge = definePlugin({
    manifest: { id: "test.judge", version: "1.0.0", api: "^1.0" },
    setup: ({ tap }) => void tap("step.judge", () => ({ judge: "test.judge", score: 1, decision: "accept", reasons: [] })),
  });
  const race = await createTestHost({
    plugins: [
      runner,
      parallel,
      judge,
      scripted(({ origin }) => (origin.agent === "quick" ? "x" : new Promise((resolve) => setTimeout(resolve, 30_000, "late")))),
    ],
  });
  await race.run("t", { team: { ...teamOf("quick", "slow"), topology: { id: "parallel", config: { join: "first-accepted" } } } });
  await collect(race);
  const asking = await createTestHost({ plugins: [runner, scripted(() => "x")] });
  await asking.kernel.service(Models)?.ask({ prompt: "Is it so?" });
  await collect(asking);
  expect(race.kernel.service(Runner)).toBeUndefined();

  await steered();
  const asks = (input: object) => ({ id: JSON.stringify(input), tool: "calculator", input: input as Json });
  const armed = await createTestHost({
    plugins: [
      runner,
      sequential,
      calculator,
      policy,
      scripted(({ messages }) => (messages.length > 1 ? "42" : { toolCalls: [asks({ expression: "6 * 7" }), asks({ wrong: 1 })] })),
    ],
  });
  const team = teamOf("a");
  await armed.run("t", { team: { ...team, agents: team.agents.map((agent) => ({ ...agent, tools: ["calculator"] })) } });
  await collect(armed);
}, 60_000);

afterAll(() => sent.clear());

describe("the event registry", () => {
  it.each(Object.keys(events))("%s is sent and heard in a real run", (type) => {
    expect(sent).toContain(type);
    expect(heard).toContain(type);
  });
  it("holds every type that was sent", () => {
    for (const type of sent) expect(Object.keys(events)).toContain(type);
  });
});
