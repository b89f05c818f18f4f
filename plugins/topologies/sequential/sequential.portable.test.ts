import fc from "fast-check";
import { expect, test } from "vitest";
import { anyTeam, anyWorld, nobodyFails, someFail, teamOf } from "../kit/testing/arbitrary.ts";
import { executor } from "../kit/index.ts";
import { drive } from "../kit/testing/scheduler.ts";
import { sequential } from "./sequential.ts";

const chain = executor(sequential);
const history = fc.constantFrom("last" as const, "all" as const);

test("every agent runs once, in the team's order, on the output before it; predicted = observed", async () => {
  await fc.assert(
    fc.asyncProperty(anyTeam, history, anyWorld(nobodyFails), async (team, history, world) => {
      const { started, done } = await drive(chain, team, { history }, world);
      const ids = team.agents.map((agent) => agent.id);
      expect(started.map((step) => step.agent)).toEqual(ids);
      started.forEach((step, i) => {
        expect(step.inputs).toEqual(history === "all" ? ids.slice(0, i).map((id) => `r0/${id}`) : ids.slice(Math.max(0, i - 1), i).map((id) => `r0/${id}`));
        expect(step.after).toHaveLength(i);
      });
      expect(done).toEqual({ output: `r0/${ids.at(-1)}`, failures: [] });
      expect(chain.predictCalls(team, { history })).toEqual({ min: ids.length, expected: ids.length, max: ids.length });
    }),
  );
});

test("what an agent hears goes over the declared edges only", async () => {
  await fc.assert(
    fc.asyncProperty(anyTeam, history, anyWorld(nobodyFails), async (team, history, world) => {
      const { started } = await drive(chain, team, { history }, world);
      const heard = started.flatMap((step) => step.inputs.map((input) => ({ from: input.slice(3), to: step.agent })));
      expect(heard).toEqual(await chain.edges(team, { history }));
    }),
  );
});

test("onAgentFailure skip goes on with the last output there is, and lists who failed", async () => {
  await fc.assert(
    fc.asyncProperty(anyTeam, history, anyWorld(someFail), async (team, history, world) => {
      const { started, done } = await drive(chain, team, { history, onAgentFailure: "skip" }, world);
      const ids = team.agents.map((agent) => agent.id);
      const good = ids.filter((id) => !world.failing.includes(id));
      expect(started.map((step) => step.agent)).toEqual(ids);
      expect(done.output).toBe(good.length > 0 ? `r0/${good.at(-1)}` : undefined);
      expect(done.failures.map((failure) => failure.agent)).toEqual(ids.filter((id) => world.failing.includes(id)));
      for (const step of started) {
        const before = good.filter((id) => ids.indexOf(id) < ids.indexOf(step.agent)).map((id) => `r0/${id}`);
        expect(step.inputs).toEqual(history === "all" ? before : before.slice(-1));
      }
    }),
  );
});

test("onAgentFailure fail ends the run at the first failed agent, without an outcome", async () => {
  const world = {
    pick: () => 0,
    answer: ({ agent }: { agent: string }) =>
      agent === "b" ? { ok: false, text: "", error: { code: "BROKEN", message: "it broke" } } : { ok: true, text: agent },
  };
  const { started, done } = await drive(chain, teamOf("a", "b", "c"), {}, world);
  expect(started.map((step) => step.agent)).toEqual(["a", "b"]);
  expect(done).toEqual({ output: undefined, failures: [{ agent: "b", path: "r0/b", code: "BROKEN", message: "it broke" }] });
});

test("a setting that is not there is refused with its place, before anything runs", async () => {
  expect(chain.check(teamOf("a"), { history: "some" })).toEqual([expect.stringContaining("config.history: ")]);
  expect(chain.check(teamOf("a"), { laps: 3 })).toEqual([expect.stringContaining("laps")]);
  await expect(chain.start(teamOf("a"), { laps: 3 }, "the task")).rejects.toThrow(
    expect.objectContaining({ code: "TOPOLOGY_CONFIG", message: expect.stringContaining("laps") }),
  );
});

test("a team of nobody, or with a name twice, is refused with its place", () => {
  expect(chain.check(teamOf(), {})).toEqual(["team.agents: there is nobody in the team"]);
  expect(chain.check(teamOf("a", "b", "a"), {})).toEqual(['team.agents[2].id: there are two agents named "a"']);
});
