import { type JournalEntry, type Task, type Team, typed, type TypedRunEvent } from "@orrery/sdk";
import { Cancelled, type Failure, failureOf } from "./failure.ts";
import type { Judged } from "./judge.ts";
import type { Past, PastStep } from "./past.ts";
import type { Gate, Told } from "./run-control.ts";

/** All a journal says of a run that may go on. */
export interface Recorded {
  task: Task;
  /** The team that was asked for. */
  team: Team | undefined;
  past: Past;
  told: Told & { gates: Gate[] };
  recalled: Extract<TypedRunEvent, { type: "memory.recalled" }>["data"]["recalled"];
  /** Name of the documents' content, once they were read. */
  collection: string | undefined;
  ended: boolean;
  /** It is no team's task: a plugin's question outside any run. */
  question: boolean;
  /** Why it could not go on the last time, where nothing has happened since. */
  stalled: Failure | undefined;
}

/** Reads a run back; undefined when the entries are no run. One pass: linear in its steps. */
export function readPast(entries: readonly JournalEntry[]): Recorded | undefined {
  let begun: { task: Task; team: Team | undefined } | undefined;
  const steps = new Map<string, PastStep>();
  const order: string[] = [];
  const judged = new Map<number, Judged>();
  const denied = new Map<string, readonly string[]>();
  const told = { paused: false, instructions: [] as string[], gates: [] as Gate[] };
  let planned: Past["planned"];
  let cancelled: string | undefined;
  let recalled: Recorded["recalled"] = [];
  let collection: string | undefined;
  let ended = false;
  let question = false;
  let stalled: Failure | undefined;
  let reviewed = new Set<string>();

  const attemptOf = ({ path, agent, attempt }: { path: string; agent: string; attempt: number }) => {
    const step = steps.get(path) ?? { agent, inputs: [], attempts: [] };
    steps.set(path, step);
    const found = step.attempts[attempt - 1] ?? { feedback: [] };
    step.attempts[attempt - 1] = found;
    return { step, attempt: found };
  };
  const settle = (path: string, settled: PastStep["settled"]) => {
    const step = steps.get(path);
    if (!step || step.settled) return;
    step.settled = settled;
    order.push(path);
  };

  for (const entry of entries) {
    const event = typed(entry);
    if (!event) continue;
    stalled = event.type === "run.stalled" ? (event.data.error as Failure) : undefined;
    switch (event.type) {
      case "run.submitted":
        question = event.data.task.constraints.topology === "none" && event.data.task.workspace === "plugins";
        begun = { task: event.data.task, team: event.data.team };
        break;
      case "documents.read":
        collection = event.data.collection;
        break;
      case "memory.recalled":
        recalled = event.data.recalled;
        break;
      case "run.planned":
        planned = event.data;
        reviewed = new Set(event.data.plan.team.gates?.flatMap(({ after }) => after ?? []));
        collection = event.data.plan.collection ?? collection;
        break;
      case "step.started": {
        const { step, attempt } = attemptOf(event.data);
        step.inputs = event.data.inputs;
        attempt.feedback = event.data.feedback;
        break;
      }
      case "budget.denied":
        denied.set(event.data.origin.step, event.data.reasons);
        break;
      case "model.answered": {
        const { attempt } = attemptOf(event.data);
        attempt.rounds ??= [];
        attempt.rounds[event.data.round - 1] = event.data;
        break;
      }
      case "tool.called":
      case "tool.finished": {
        const { attempt } = attemptOf(event.data);
        attempt.tools ??= new Map();
        attempt.tools.set(event.data.call, event.type === "tool.finished" ? { result: { ok: event.data.ok, output: event.data.output } } : {});
        break;
      }
      case "step.finished":
        attemptOf(event.data).attempt.result = event.data.result;
        break;
      case "step.judged": {
        const { path, agent, verdicts, missing, decision } = event.data;
        attemptOf(event.data).attempt.judged = { verdicts, missing, decision };
        if (decision.action === "accept" && !reviewed.has(agent)) settle(path, { ok: true });
        break;
      }
      case "step.approved":
        settle(event.data.path, { ok: true });
        break;
      case "step.failed":
        attemptOf(event.data);
        settle(event.data.path, { ok: false, failure: event.data.error as Failure, fatal: denied.has(event.data.path) });
        break;
      case "step.cancelled":
        attemptOf(event.data);
        settle(event.data.path, { ok: false, failure: failureOf(new Cancelled(event.data.reason)), fatal: false });
        break;
      case "run.judged": {
        const { attempt, ...rest } = event.data;
        judged.set(attempt, rest);
        break;
      }
      case "run.paused":
        told.paused = true;
        break;
      case "run.resumed":
        if (event.data.from === "pause") told.paused = false;
        break;
      case "run.redirected":
        told.instructions.push(event.data.instruction);
        break;
      case "run.cancelled":
        cancelled = event.data.reason;
        break;
      case "gate.opened": {
        const { gate: name, ask, path, agent } = event.data;
        told.gates.push({ name, ask, path, agent });
        break;
      }
      case "gate.decided": {
        const { gate: name, decision, note } = event.data;
        const gate = told.gates.find((each) => each.name === name);
        if (gate) gate.decision = { approve: decision === "approve", note };
        break;
      }
      case "run.finished":
        ended = true;
        break;
      default:
    }
  }
  return begun && { ...begun, past: { steps, order, judged, planned, cancelled }, told, recalled, collection, ended, question, stalled };
}
