import type { Team } from "@orrery/sdk";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endOf, killedAt, live, outcome, type World } from "./living.ts";

const few = ["sequential", "parallel", "dag", "debate", "mesh"];
/** Two rounds at most where there are rounds: a journal to be cut at every entry should not be long. */
const configOf = (topology: string): World["config"] =>
  topology === "debate" || topology === "mesh" ? { rounds: 1 } : topology === "parallel" ? { reducer: "concat" } : { onAgentFailure: "skip" };
const anyWorld: fc.Arbitrary<World> = fc
  .record({
    topology: fc.constantFrom(...few),
    agents: fc.integer({ min: 1, max: 4 }),
    failing: fc.integer({ min: 0, max: 6 }),
    sentBack: fc.integer({ min: 0, max: 6 }),
    slow: fc.integer({ min: 0, max: 4 }),
    gate: fc.boolean(),
  })
  .map((world) => ({ ...world, config: configOf(world.topology) }));

describe("a run that is killed at any entry of its journal and carried on", () => {
  it("comes to the same outcome, calls no completed step again, and repeats at most the call each branch was in", async () => {
    await fc.assert(
      fc.asyncProperty(anyWorld, async (world) => {
        const whole = await live(world, []);
        expect(whole.whole).toBe(true);
        for (let cut = 1; cut <= endOf(whole); cut++) await killedAt(world, whole, cut);
      }),
      { numRuns: 12 },
    );
  });

  it("ends as well when it is killed again and again, every twenty entries", async () => {
    const world: World = { topology: "debate", config: { rounds: 1 }, agents: 3, failing: 9, sentBack: 1, slow: 2, gate: true };
    const whole = await live(world, []);
    let last = await killedAt(world, whole, 1);
    for (let cut = 20; cut < endOf(whole); cut += 20) last = await killedAt(world, last, cut);
    expect(outcome(last)).toEqual(outcome(whole));
  });
});

describe("a topology that is not the one it was", () => {
  it("is found out before anything is called, and the run ends saying so", async () => {
    const world: World = { topology: "sequential", config: { onAgentFailure: "skip" }, agents: 3, failing: 9, sentBack: 9, slow: 9, gate: false };
    const { journal } = await live(world, []);
    const cut = journal.findIndex(({ type, data }) => type === "step.judged" && (data as { agent: string }).agent === "a1");
    const changed = journal.slice(0, cut + 1).map((entry) => {
      if (entry.type !== "run.planned") return entry;
      const data = structuredClone(entry.data) as { plan: { team: Team } };
      data.plan.team.agents.reverse();
      return { ...entry, data: data as never };
    });
    const { report, called } = await live(world, changed);
    expect(report).toMatchObject({ status: "failed", error: { code: "TOPOLOGY_DIVERGED" } });
    expect(called).toEqual([]);
  });
});
