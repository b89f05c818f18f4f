import { events, type EventType, type Span } from "@orrery/sdk";
import { expect, test } from "vitest";
import { spansOf } from "./spans.ts";

const origin = (step: string, agent: string) => ({ run: "run_1", task: "task_1", step, agent, plugin: "orrery.runner", actor: "tester", workspace: "w" });
const at = { path: "r0/a", agent: "a", attempt: 1 };
const usage = { inputTokens: 10, outputTokens: 4 };
const accept = { action: "accept", reasons: [], feedback: [] };
const retry = { action: "retry", reasons: ["thin"], feedback: ["more"] };
const verdict = { judge: "orrery.judge.format", score: 0.5, decision: "accept", reasons: [] };
const asked = { task: "Only the wind.", guidance: "Briefly." };
const started = (attempt: number) => ({
  ...at,
  asked,
  attempt,
  role: "writer",
  skill: "write",
  round: 0,
  key: "k",
  inputs: [],
  recalled: ["ep_1"],
  feedback: [],
});
const finished = (attempt: number) => ({
  ...at,
  attempt,
  result: { run: "run_1", path: "r0/a", attempt, agent: "a", model: "orrery/extractive", text: "x", usage, costNano: 7, finish: "stop", durationMs: 9 },
});

/** A run of one agent that was tried twice, as a runner writes it. */
const recorded: [ts: number, type: EventType, data: unknown][] = [
  [
    1_000,
    "run.submitted",
    {
      task: {
        id: "task_1",
        run: "run_1",
        thread: "t",
        text: "Why?",
        documents: ["a.md"],
        criteria: [],
        constraints: { spending: { allowed: false, capNano: 0, why: "" } },
        actor: "tester",
        workspace: "w",
        createdAt: 1_000,
      },
    },
  ],
  [
    1_030,
    "documents.read",
    { collection: "c", documents: [{ path: "a.md", title: "A", format: "markdown", bytes: 9, sentences: 3, words: 9 }], skipped: [], ms: 25 },
  ],
  [1_040, "memory.recalled", { recalled: [{ id: "ep_1", run: "run_0", task: "Who?", summary: "", claims: [], judged: 1, score: 0.6, at: 0 }] }],
  [
    1_050,
    "run.planned",
    {
      plan: {
        team: { name: "one", agents: [{ id: "a", role: "writer", prompt: "", skill: "write", tools: [] }] },
        topology: { id: "sequential", config: {} },
        given: { team: false, topology: false },
        notes: [],
      },
      predicted: { min: 1, expected: 1, max: 1 },
      edges: [],
      by: "orrery.topology.sequential",
    },
  ],
  [1_060, "step.started", started(1)],
  [1_062, "step.routed", { ...at, model: "orrery/extractive", why: "the only one", considered: [], by: "orrery.routing.default" }],
  [1_064, "budget.reserved", { reservation: "rsv_1", origin: origin("r0/a", "a"), model: "orrery/extractive", nano: 0 }],
  [1_070, "budget.settled", { reservation: "rsv_1", origin: origin("r0/a", "a"), model: "orrery/extractive", nano: 7, usage, source: "free" }],
  [1_072, "step.finished", finished(1)],
  [1_080, "step.judged", { ...at, verdicts: [verdict], missing: [], decision: retry }],
  [1_081, "step.started", started(2)],
  [1_082, "budget.reserved", { reservation: "rsv_2", origin: origin("r0/a", "a"), model: "orrery/extractive", nano: 0 }],
  [1_085, "budget.released", { reservation: "rsv_2", origin: origin("r0/a", "a") }],
  [1_086, "budget.reserved", { reservation: "rsv_3", origin: origin("r0/a", "a"), model: "orrery/extractive", nano: 0 }],
  [1_090, "budget.settled", { reservation: "rsv_3", origin: origin("r0/a", "a"), model: "orrery/extractive", nano: 0, usage, source: "free" }],
  [1_091, "step.finished", finished(2)],
  [1_095, "step.judged", { ...at, attempt: 2, verdicts: [], missing: ["orrery.judge.grounded"], decision: accept }],
  [1_100, "run.judged", { attempt: 1, verdicts: [verdict], missing: [], decision: accept }],
  [1_101, "trace.hooks", { hooks: [{ hook: "model.call", calls: 2, totalMs: 9.5, errors: 0 }] }],
  [1_102, "run.finished", { status: "accepted", output: "x", observedCalls: 1, reasons: [], failures: [], durationMs: 102 }],
];
const journal = recorded.map(([ts, type, data], idx) => ({ idx, ts, type, data: events[type].parse(data) as never }));
const line = ({ id, parent, startMs, endMs, status }: Span) => [id, parent, startMs, endMs, status];

test("a run's entries become nested spans, parents before children, judged steps lasting until judged", () => {
  expect(spansOf(journal).map(line)).toEqual([
    ["run", undefined, 0, 102, "ok"],
    ["documents:1", "run", 5, 30, "ok"],
    ["plan", "run", 30, 50, "ok"],
    ["memory:2", "plan", 30, 40, "ok"],
    ["step:r0/a#1", "run", 60, 80, "ok"],
    ["model:rsv_1", "step:r0/a#1", 64, 70, "ok"],
    ["judge:9", "step:r0/a#1", 72, 80, "ok"],
    ["step:r0/a#2", "run", 81, 95, "ok"],
    ["model:rsv_2", "step:r0/a#2", 82, 85, "error"],
    ["model:rsv_3", "step:r0/a#2", 86, 90, "ok"],
    ["judge:16", "step:r0/a#2", 91, 95, "ok"],
    ["judge:17", "run", 95, 100, "ok"],
    ["hook:model.call:18", "run", 101, 101, "ok"],
  ]);
});

test("attributes say which model, why, what it took and what the judges said", () => {
  const of = (id: string) => spansOf(journal).find((span) => span.id === id)?.attributes;
  expect(of("step:r0/a#1")).toMatchObject({ agent: "a", role: "writer", model: "orrery/extractive", why: "the only one", costNano: 7, recalled: 1, ...asked });
  expect(of("model:rsv_1")).toMatchObject({ inputTokens: 10, outputTokens: 4, nano: 7, source: "free" });
  expect(of("judge:9")).toMatchObject({ decision: "retry", score: 0.5 });
  expect(of("judge:16")).toMatchObject({ missing: "orrery.judge.grounded" });
  expect(of("hook:model.call:18")).toEqual({ calls: 2, totalMs: 9.5, errors: 0 });
  expect(of("run")).toMatchObject({ status: "accepted", calls: 1 });
});

test("every beginning of a journal gives a whole trace: parents are there and hold their children, what has not ended is open", () => {
  for (let length = 0; length <= journal.length; length++) {
    const spans = spansOf(journal.slice(0, length));
    const byId = new Map(spans.map((span) => [span.id, span]));
    expect(byId.size).toBe(spans.length);
    for (const span of spans) {
      const parent = byId.get(span.parent ?? "");
      expect(span.endMs).toBeGreaterThanOrEqual(span.startMs);
      if (span.id === "run") continue;
      expect(parent).toBeDefined();
      expect(spans.indexOf(span)).toBeGreaterThan(spans.indexOf(parent as Span));
      expect(span.startMs).toBeGreaterThanOrEqual(parent?.startMs ?? 0);
      expect(span.endMs).toBeLessThanOrEqual(parent?.endMs ?? 0);
    }
    if (length > 0 && length < journal.length) expect(byId.get("run")?.status).toBe("open");
  }
  expect(spansOf([])).toEqual([]);
});

test.each([
  ["step.failed", { ...at, error: { code: "BROKEN", message: "it broke" } }, "error", { code: "BROKEN", message: "it broke" }],
  ["step.cancelled", { ...at, reason: "no longer needed" }, "cancelled", { reason: "no longer needed" }],
] as const)("%s ends its step so", (type, data, status, attributes) => {
  const entries = [...journal.slice(0, 5), { idx: 5, ts: 1_200, type, data: events[type].parse(data) as never }];
  expect(spansOf(entries).find((span) => span.kind === "step")).toMatchObject({ status, endMs: 200, attributes });
});

test("a refused call is an error of its step; a type this version does not know is passed over", () => {
  const denied = { idx: 5, ts: 1_070, type: "budget.denied", data: { origin: origin("r0/a", "a"), model: "openai/big", reasons: ["over the cap"] } };
  const unknown = { idx: 6, ts: 1_080, type: "later.thing", data: {} };
  const spans = spansOf([...journal.slice(0, 5), denied, unknown]);
  expect(spans.find((span) => span.id === "denied:5")).toMatchObject({ parent: "step:r0/a#1", status: "error", attributes: { denied: "over the cap" } });
  expect(spans.at(0)).toMatchObject({ id: "run", endMs: 80, status: "open" });
});
