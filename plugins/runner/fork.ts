import {
  type Estimate,
  type ForkRequest,
  type JournalEntry,
  OrreryError,
  type Resumption,
  type RunRequest,
  type Spending,
  type Task,
  typed,
  Workspace,
} from "@orrery/sdk";
import { estimateBefore } from "./estimate.ts";
import { listModels } from "./list-models.ts";
import { beginLife, type Shared } from "./live-run.ts";
import { noPast } from "./past.ts";
import { planAgain } from "./plan-again.ts";
import type { Planned } from "./plan-task.ts";
import { readPast } from "./read-past.ts";
import type { RunLog } from "./run-log.ts";
import { earlierIn } from "./thread.ts";

/**
 * Begins a run from another's journal. Steps that had settled before `at` began are copied, marked and at cost 0; what comes later is done anew.
 * Another topology asks for other steps: of such a fork only the team and the documents are kept.
 */
export async function fork(
  shared: Shared,
  runId: string,
  request: ForkRequest,
  given: Resumption & { spending?: Spending },
): Promise<{ runId: string; thread: string }> {
  const entries = await shared.journal.read(runId);
  const recorded = readPast(entries);
  if (!recorded) throw new OrreryError("RUN_UNKNOWN", `There is no run "${runId}".`, { todo: "`orrery runs` lists them." });
  const { past, task: before } = recorded;
  if (request.at !== undefined && !past.steps.has(request.at)) {
    throw new OrreryError("STEP_UNKNOWN", `Run ${runId} has no step "${request.at}".`, {
      todo: `It has: ${[...past.steps.keys()].slice(0, 50).join(", ") || "none"}.`,
    });
  }
  const { context, journal } = shared;
  const task: Task = {
    ...before,
    id: context.random.id("task"),
    run: context.random.id("run"),
    text: request.task?.trim() || before.text,
    constraints: {
      ...before.constraints,
      ...(request.topology ? { topology: request.topology } : {}),
      ...(request.model ? { model: request.model } : {}),
      ...(given.spending ? { spending: given.spending } : {}),
    },
    createdAt: context.clock.now(),
  };
  const team = past.planned?.plan.team ?? recorded.team;
  const submitted = { task, ...(team ? { team } : {}), from: { run: runId, ...(request.at === undefined ? {} : { at: request.at }) } };
  const { turns } = await earlierIn(shared, task);
  const asked: RunRequest = {
    text: task.text,
    files: given.files ?? [],
    skipped: given.skipped ?? [],
    ...(team ? { team: request.topology ? { ...team, topology: { id: request.topology, config: {} } } : team } : {}),
    spending: task.constraints.spending,
    actor: task.actor,
    workspace: task.workspace,
  };
  const began = { task, epoch: 0, next: 0 };
  if (!past.planned || (request.topology && request.topology !== past.planned.plan.topology.id)) {
    await beginLife(shared, {
      ...began,
      epoch: await journal.lease(task.run),
      past: noPast,
      beginning: { request: asked, thread: turns, earlier: undefined },
      first: (log) => log.write("run.submitted", submitted),
    });
    return { runId: task.run, thread: task.thread };
  }
  const changed = request.model !== undefined || request.task !== undefined;
  const kept = copied(entries, runId, task.run, cutAt(entries, request.at, changed));
  const mine = readPast([entries[0], ...kept].flatMap((entry, idx) => (entry ? { ...entry, idx, ...(idx === 0 ? { data: { task } as never } : {}) } : [])));
  if (!mine) throw new OrreryError("RUN_UNKNOWN", `The journal of ${runId} does not begin with a task.`);
  const planned = await planAgain(shared, mine, given, turns);
  await keepFiles(context, runId, task.run, kept);
  const estimate = await estimateAnew(shared, planned, mine.past.order.length);
  await beginLife(shared, {
    ...began,
    epoch: await journal.lease(task.run),
    told: mine.told,
    past: mine.past,
    beginning: { request: asked, thread: turns, earlier: mine.collection, planned },
    first: (log) => write(log, submitted, kept, estimate),
  });
  return { runId: task.run, thread: task.thread };
}

/** What the steps that are not kept are expected to take: on the models there are now, at their prices. */
function estimateAnew({ context, services, limits, observed }: Shared, planned: Planned, kept: number): Promise<{ estimate?: Estimate }> {
  const { min, expected, max } = planned.predicted;
  const left = (calls: number): number => Math.max(0, calls - kept);
  const remaining = { ...planned, predicted: { min: left(min), expected: left(expected), max: left(max) } };
  return estimateBefore(remaining, {
    hooks: context,
    services,
    limits,
    signal: new AbortController().signal,
    models: () => listModels(context),
    observed: () => observed(planned.plan.task.workspace),
  });
}

/** The files as they were: the versions that kept steps wrote. */
async function keepFiles({ find }: Shared["context"], from: string, to: string, kept: readonly JournalEntry[]): Promise<void> {
  const versions = kept.flatMap((entry) => {
    const event = typed(entry);
    return event?.type === "artifact.made" && event.data.version !== undefined ? [{ path: event.data.name, version: event.data.version }] : [];
  });
  if (versions.length === 0) return;
  const workspace = find(Workspace);
  if (!workspace)
    throw new OrreryError("FILES_UNAVAILABLE", `Run ${from} has files, and no plugin that keeps files is active.`, {
      todo: "See `orrery plugins` for why orrery.workspace is not active.",
    });
  await workspace.copyFiles(from, to, versions);
}

/** The first entry that is not kept. */
function cutAt(entries: readonly JournalEntry[], at: string | undefined, changed: boolean): number {
  if (at === undefined && !changed) return entries.length;
  const begun = entries.findIndex((entry) => {
    const event = typed(entry);
    return event?.type === "step.started" && (at === undefined || event.data.path === at);
  });
  return begun < 0 ? entries.length : begun;
}

/** What the new run begins with: the plan, and the steps that had settled, in their order, as its own. */
function copied(entries: readonly JournalEntry[], from: string, to: string, cut: number): JournalEntry[] {
  const before = entries.slice(0, cut);
  const settled = readPast(before)?.past;
  const whole = (path: string | undefined): boolean => path !== undefined && settled?.steps.get(path)?.settled !== undefined;
  return before.flatMap((entry) => {
    const event = typed(entry);
    const as = (data: object): JournalEntry[] => [{ ...entry, run: to, data: data as never }];
    switch (event?.type) {
      case "documents.read":
      case "memory.recalled":
      case "run.planned":
      case "run.redirected":
        return as(event.data);
      case "step.started":
        return whole(event.data.path) ? as({ ...event.data, key: event.data.key.replace(from, to) }) : [];
      case "step.routed":
      case "step.judged":
      case "step.approved":
      case "step.failed":
      case "step.cancelled":
        return whole(event.data.path) ? as(event.data) : [];
      case "step.finished":
        return whole(event.data.path) ? as({ ...event.data, result: { ...event.data.result, run: to, costNano: 0 }, copied: true }) : [];
      case "artifact.made":
        // The files agents wrote; the report is made anew.
        return event.data.version !== undefined && whole(event.data.from) ? as(event.data) : [];
      case "gate.opened":
        return whole(event.data.path) ? as(event.data) : [];
      case "gate.decided":
        return whole(gatePath(before, event.data.gate)) ? as(event.data) : [];
      case "run.judged":
        // A final judgement is made anew.
        return event.data.decision.action === "retry" || event.data.decision.action === "redesign" ? as(event.data) : [];
      default:
        return [];
    }
  });
}

const gatePath = (entries: readonly JournalEntry[], gate: string): string | undefined =>
  entries.flatMap((entry) => {
    const event = typed(entry);
    return event?.type === "gate.opened" && event.data.gate === gate ? [event.data.path] : [];
  })[0];

function write(log: RunLog, submitted: Parameters<RunLog["write"]>[1], kept: readonly JournalEntry[], { estimate }: { estimate?: Estimate }): Promise<unknown> {
  let last: Promise<unknown> = log.write("run.submitted", submitted as never);
  for (const entry of kept) {
    const event = typed(entry);
    if (event?.type === "run.planned") {
      const { estimate: _, ...planned } = event.data;
      last = log.write("run.planned", { ...planned, ...(estimate ? { estimate } : {}) });
    } else if (event) last = log.write(event.type, event.data as never);
  }
  return last;
}
