import { definePlugin, type JournalEntry, Journal, type ModelRequest, Runner, type RunReport, type Team, typed } from "@orrery/sdk";
import { createTestHost } from "@orrery/sdk/testing";
import cost from "@orrery/plugins/cost";
import runner from "@orrery/plugins/runner";
import dag from "@orrery/plugins/topologies/dag";
import debate from "@orrery/plugins/topologies/debate";
import mesh from "@orrery/plugins/topologies/mesh";
import parallel from "@orrery/plugins/topologies/parallel";
import sequential from "@orrery/plugins/topologies/sequential";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scripted, teamOf } from "../support/tiny-team.ts";

const topologies = { sequential, parallel, dag, debate, mesh };

/** Everything the outcome follows from: agents that fail, agents whose first output a judge sends back, how long each takes. */
interface World {
  topology: keyof typeof topologies;
  agents: number;
  failing: number;
  sentBack: number;
  slow: number;
  gate: boolean;
}
const anyWorld: fc.Arbitrary<World> = fc.record({
  topology: fc.constantFrom(...(Object.keys(topologies) as (keyof typeof topologies)[])),
  agents: fc.integer({ min: 1, max: 4 }),
  failing: fc.integer({ min: 0, max: 6 }),
  sentBack: fc.integer({ min: 0, max: 6 }),
  slow: fc.integer({ min: 0, max: 4 }),
  gate: fc.boolean(),
});

const nameOf = (i: number) => `a${i}`;
function teamIn({ agents, topology, gate }: World): Team {
  const team = teamOf(...Array.from({ length: agents }, (_, i) => nameOf(i)));
  // Two rounds at most where there are rounds: a journal to be cut at every entry should not be long.
  const config = topology === "debate" || topology === "mesh" ? { rounds: 1 } : topology === "parallel" ? { reducer: "concat" } : { onAgentFailure: "skip" };
  return { ...team, topology: { id: topology, config }, ...(gate ? { gates: [{ id: "look", after: "a0", ask: "Is it right?" }] } : {}) };
}

/** One process: a host on what the journal holds, until the run is over. What it called comes with it. */
async function live(world: World, entries: readonly JournalEntry[]) {
  const called: ModelRequest[] = [];
  const judge = definePlugin({
    manifest: { id: "test.judge", version: "1.0.0", api: "^1.0" },
    setup({ tap }) {
      tap("step.judge", ({ artifact }) =>
        artifact.agent === nameOf(world.sentBack) && !artifact.text.includes("again")
          ? { judge: "test.judge", score: 0.2, decision: "reject", reasons: ["do it again"] }
          : { judge: "test.judge", score: 0.9, decision: "accept", reasons: [] },
      );
      tap("task.decide", ({ verdicts, attempt, maxAttempts }) =>
        verdicts.some(({ decision }) => decision === "reject") && attempt < maxAttempts
          ? { action: "retry", reasons: ["sent back"], feedback: ["again"] }
          : { action: "accept", reasons: ["fine"], feedback: [] },
      );
    },
  });
  const model = scripted(async (request) => {
    called.push(request);
    const { agent } = request.origin;
    for (let i = 0; i < (agent === nameOf(world.slow) ? 8 : 1); i++) await Promise.resolve();
    if (agent === nameOf(world.failing)) throw new Error("broken");
    return `${agent}.${request.view.round}(${request.view.inputs.map(({ text }) => text).join("+")})${request.view.feedback.join("")}`;
  });
  const host = await createTestHost({ entries, plugins: [cost, ...Object.values(topologies), judge, model, runner] });
  const service = host.kernel.service(Runner);
  if (!service) throw new Error("no runner");
  const request = { text: "t", team: teamIn(world), actor: "ada", workspace: "w", spending: { allowed: false, capNano: 0, why: "" } };
  const runId = entries[0]?.run ?? (await service.start(request)).runId;
  if (entries.length > 0) await service.resume(runId, { actor: "ada" });
  let report = await service.wait(runId);
  while (report.status === "waiting") {
    const [item] = await service.waiting();
    if (item) await service.steer(runId, { do: "approve", gate: item.gate }, "ada");
    report = await service.wait(runId);
  }
  const verified = await host.kernel.service(Journal)?.verify(runId);
  const journal = [...host.journal()];
  await host.close();
  return { report, called, journal, verified };
}

const outcome = ({ status, output, topology, reasons, error }: RunReport) => ({
  status,
  output,
  observedCalls: topology.observedCalls,
  facts: topology.facts,
  failures: topology.failures,
  reasons,
  code: error?.code,
});
const stepsOf = (entries: readonly JournalEntry[], type: "step.started" | "step.finished") =>
  entries.flatMap((entry) => {
    const event = typed(entry);
    return event?.type === type ? [`${event.data.path}#${event.data.attempt}`] : [];
  });
const calledSteps = (called: readonly ModelRequest[]) => called.map(({ id }) => id);

describe("a run that is killed at any entry of its journal and carried on", () => {
  it("comes to the same outcome, calls no completed step again, and repeats at most the call each branch was in", async () => {
    await fc.assert(
      fc.asyncProperty(anyWorld, async (world) => {
        const whole = await live(world, []);
        expect(whole.verified?.ok).toBe(true);
        const end = whole.journal.findIndex(({ type }) => type === "run.finished");
        for (let cut = 1; cut <= end; cut++) {
          const left = whole.journal.slice(0, cut);
          const { report, called, journal, verified } = await live(world, left);
          const at = `cut at ${cut} of ${end}: ${left.at(-1)?.type}`;
          expect(outcome(report), at).toEqual(outcome(whole.report));
          expect(verified?.ok, at).toBe(true);
          // Each call has a key made of run, path and attempt; before it comes its intent.
          const done = new Set(stepsOf(left, "step.finished"));
          const begun = new Set(stepsOf(left, "step.started"));
          const keys = calledSteps(called).map((key) => key.replace(`${report.runId}:`, "").replace(/:(\d+)$/, "#$1"));
          expect(new Set(keys).size, at).toBe(keys.length);
          expect(
            keys.filter((key) => done.has(key)),
            at,
          ).toEqual([]);
          expect(keys.length, at).toBeLessThanOrEqual(whole.called.length - done.size);
          for (const key of begun)
            if (!done.has(key) && keys.includes(key))
              expect(
                stepsOf(journal, "step.started").filter((each) => each === key),
                at,
              ).toHaveLength(2);
        }
      }),
      { numRuns: 12 },
    );
  });

  it("ends as well when it is killed again and again, every twenty entries", async () => {
    const world: World = { topology: "debate", agents: 3, failing: 9, sentBack: 1, slow: 2, gate: true };
    const whole = await live(world, []);
    let entries = whole.journal.slice(0, 1);
    const called: string[] = [];
    for (let lives = 0; ; lives++) {
      const next = await live(world, entries);
      const grown = Math.min(next.journal.length, entries.length + 20);
      called.push(...calledSteps(next.called).filter((key) => next.journal.slice(0, grown).some(({ data }) => (data as { key?: string }).key === key)));
      if (grown >= next.journal.findIndex(({ type }) => type === "run.finished")) {
        expect(outcome(next.report)).toEqual(outcome(whole.report));
        break;
      }
      entries = next.journal.slice(0, grown);
      expect(lives).toBeLessThan(100);
    }
  });
});

describe("a topology that is not the one it was", () => {
  it("is found out before anything is called, and the run ends saying so", async () => {
    const world: World = { topology: "sequential", agents: 3, failing: 9, sentBack: 9, slow: 9, gate: false };
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
