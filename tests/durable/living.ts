import cost from "@orrery/plugins/cost";
import runner from "@orrery/plugins/runner";
import {
  type AnyPlugin,
  definePlugin,
  Journal,
  type JournalEntry,
  type ModelRequest,
  OrreryError,
  Runner,
  type RunReport,
  type Team,
  typed,
} from "@orrery/sdk";
import { createTestHost } from "@orrery/sdk/testing";
import { expect } from "vitest";
import { scripted, teamOf } from "../support/tiny-team.ts";
import { topologies } from "../support/topologies.ts";

/** Everything the outcome follows from: agents that fail, agents whose first output a judge sends back, how long each takes. */
export interface World {
  topology: string;
  config: NonNullable<Team["topology"]>["config"];
  agents: number;
  failing: number;
  sentBack: number;
  slow: number;
  gate: boolean;
}
export interface Life {
  report: RunReport;
  /** What the model was asked in this life alone. */
  called: ModelRequest[];
  /** Those of this life and all before. */
  journal: JournalEntry[];
  /** Whether the hash chain holds. */
  whole: boolean;
}

const nameOf = (i: number) => `a${i}`;
const pluginOf = (topology: string): AnyPlugin[] => topologies.filter(({ manifest }) => manifest.id === `orrery.topology.${topology}`);

function teamIn({ agents, topology, config, gate }: World): Team {
  const team = teamOf(...Array.from({ length: agents }, (_, i) => nameOf(i)));
  return { ...team, topology: { id: topology, config }, ...(gate ? { gates: [{ id: "look", after: "a0", ask: "Is it right?" }] } : {}) };
}

/** The answer of whoever is to split the work among colleagues: a part for each. */
function handedOut({ view: { guidance = "" } }: ModelRequest): string | undefined {
  const names = [...new Set([...guidance.matchAll(/\b(a\d+) \(a\d+\)/g)].map(([, name]) => name ?? ""))];
  if (names.length === 0 || !guidance.includes("Answer with JSON")) return undefined;
  const byName = guidance.includes('{"name": "message"}');
  return JSON.stringify(Object.fromEntries(names.map((name) => (byName ? [name, `part of ${name}`] : [`part of ${name}`, name]))));
}

/** One process: a host on what the journal holds, until the run is over. */
export async function live(world: World, entries: readonly JournalEntry[]): Promise<Life> {
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
    if (agent === nameOf(world.failing)) throw new OrreryError("MODEL_FAILED", "broken", { refusal: true });
    // Where there is a vote on every step, they are of one mind.
    if (world.topology === "maker") return `done: ${request.view.task}${request.view.feedback.join("")}`;
    return handedOut(request) ?? `${agent}.${request.view.round}(${request.view.inputs.map(({ text }) => text).join("+")})${request.view.feedback.join("")}`;
  });
  const host = await createTestHost({ entries, plugins: [cost, ...pluginOf(world.topology), judge, model, runner] });
  try {
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
    return { report, called, journal: [...host.journal()], whole: verified?.ok ?? false };
  } finally {
    await host.close();
  }
}

/** What must be the same whatever happened on the way. */
export const outcome = ({ report: { status, output, topology, reasons, error } }: Life) => ({
  status,
  output,
  observedCalls: topology.observedCalls,
  facts: topology.facts,
  failures: topology.failures,
  reasons,
  code: error?.code,
});

/** `path#attempt` of every entry of the type. */
const stepsOf = (entries: readonly JournalEntry[], type: "step.started" | "step.finished"): string[] =>
  entries.flatMap((entry) => {
    const event = typed(entry);
    return event?.type === type ? [`${event.data.path}#${event.data.attempt}`] : [];
  });

/** `path#attempt` of every call: its key is made of run, path and attempt. */
const callsIn = ({ report, called }: Life): string[] => called.map(({ id }) => id.replace(`${report.runId}:`, "").replace(/:(\d+)$/, "#$1"));

/** Index of the entry the run ended with. */
export const endOf = ({ journal }: Life): number => journal.findIndex(({ type }) => type === "run.finished");

/**
 * Kills the run at that entry and carries it on: it comes to the same outcome with its chain whole, no step with a result is called again,
 * and what was under way is called at most once more, its intent written anew.
 */
export async function killedAt(world: World, whole: Life, cut: number): Promise<Life> {
  const left = whole.journal.slice(0, cut);
  const next = await live(world, left);
  const at = `${world.topology} of ${world.agents}, cut at ${cut} of ${endOf(whole)}: ${left.at(-1)?.type}`;
  expect(outcome(next), at).toEqual(outcome(whole));
  expect(next.whole, at).toBe(true);
  const done = new Set(stepsOf(left, "step.finished"));
  const intents = (entries: readonly JournalEntry[], step: string) => stepsOf(entries, "step.started").filter((each) => each === step).length;
  const keys = callsIn(next);
  expect(new Set(keys).size, at).toBe(keys.length);
  expect(
    keys.filter((key) => done.has(key)),
    at,
  ).toEqual([]);
  expect(keys.length, at).toBeLessThanOrEqual(new Set(stepsOf(whole.journal, "step.started")).size - done.size);
  for (const key of keys) expect(intents(next.journal, key), `${at}, ${key}`).toBe(intents(left, key) + 1);
  const results = stepsOf(next.journal, "step.finished");
  expect(new Set(results).size, at).toBe(results.length);
  return next;
}
