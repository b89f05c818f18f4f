import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { topologies } from "../support/topologies.ts";
import { endOf, killedAt, live, type World } from "./living.ts";

const ids = topologies.map(({ manifest }) => manifest.id.replace(/^orrery\.topology\./, ""));
/** Little where the defaults are many rounds, for journals that are cut at every entry; something where they are next to nothing. */
function configOf(topology: string, agents: number): World["config"] {
  switch (topology) {
    case "debate":
    case "mesh":
    case "grid":
      return { rounds: 1 };
    case "dag":
      return { edges: Array.from({ length: agents - 1 }, (_, i) => ({ from: `a${i}`, to: `a${agents - 1}` })) };
    case "forest":
      return { router: { threshold: 0 }, edges: agents > 2 ? [{ from: "a0", to: "a2" }] : [] };
    case "maker":
      return { steps: ["Say one thing.", "Say another than {state}."], k: 2 };
    default:
      return {};
  }
}
const calm = { failing: 9, sentBack: 9, slow: 9, gate: false };

describe("a run that is killed and carried on", () => {
  it.each(ids)("under %s comes to the same outcome from every entry of its journal", async (topology) => {
    const world: World = { topology, config: configOf(topology, 3), agents: 3, ...calm };
    const whole = await live(world, []);
    expect(whole.report).toMatchObject({ status: "accepted", topology: { id: topology } });
    for (let cut = 1; cut <= endOf(whole); cut++) await killedAt(world, whole, cut);
  });

  it.each(ids)("under %s does so with any number of agents, slow, failing and sent back, from any entry of its journal", async (topology) => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          agents: fc.integer({ min: 1, max: 4 }),
          failing: fc.integer({ min: 0, max: 6 }),
          sentBack: fc.integer({ min: 0, max: 6 }),
          slow: fc.integer({ min: 0, max: 4 }),
          gate: fc.boolean(),
        }),
        fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
        async (given, cuts) => {
          const world: World = { topology, config: { ...configOf(topology, given.agents), onAgentFailure: "skip" }, ...given };
          let last = await live(world, []);
          // Killed again and again, each life on what the one before it left.
          for (const cut of cuts) last = await killedAt(world, last, 1 + (cut % endOf(last)));
        },
      ),
      { numRuns: 5 },
    );
  });
});
