import {
  type Artifact,
  type Outcome,
  OrreryError,
  type Plan,
  type PluginContext,
  type RunRequest,
  type RunStatus,
  type ThreadTurn,
  type Verdict,
} from "@orrery/sdk";
import { estimateBefore } from "./estimate.ts";
import { executeTopology, type Executed } from "./execute-topology.ts";
import { Cancelled, type Failure, failureOf, GateDenied } from "./failure.ts";
import { type Judged, judge } from "./judge.ts";
import { type Planned, planTask } from "./plan-task.ts";
import type { RunScope } from "./run-scope.ts";

interface End {
  status: RunStatus;
  artifact: Artifact | undefined;
  reasons: string[];
  verdicts: Verdict[];
  failures: Executed["failures"];
  facts: Executed["facts"];
  calls: number;
  plan: Plan | undefined;
  error?: Failure;
}

/** What a run begins with: the request and its thread, or the plan an earlier life of it had. */
export interface Beginning {
  request: RunRequest;
  thread: ThreadTurn[];
  /** Documents of the conversation, for a request without any. */
  earlier: string | undefined;
  planned?: Planned;
}

/** One task from documents to a judged outcome. Never throws but for a journal that cannot be written, or a run that is let go. */
export async function run(scope: RunScope, beginning: Beginning, context: Pick<PluginContext, "find" | "services">): Promise<void> {
  const { clock, control, hooks, task } = scope;
  const started = clock.elapsed();
  const progress = { calls: 0, plan: undefined as Plan | undefined };
  let end: End;
  try {
    const { cancelled } = scope.past;
    if (cancelled !== undefined) control.stop(new Cancelled(cancelled));
    const planned = beginning.planned ?? (await prepare(scope, beginning, context));
    progress.plan = planned.plan;
    end = await untilJudged(scope, planned, progress);
  } catch (thrown) {
    if (control.letGo) {
      await scope.questions.end();
      throw control.signal.reason;
    }
    const error = failureOf(scope.signal.aborted ? scope.signal.reason : thrown);
    const status = scope.signal.aborted ? "cancelled" : statusOf(error.code);
    end = { status, artifact: undefined, reasons: [error.message], verdicts: [], failures: [], facts: {}, calls: progress.calls, plan: progress.plan, error };
  }
  await scope.questions.end();
  // Of a run that was carried on, from when it was submitted.
  await finish(scope, end, scope.epoch > 1 ? clock.now() - task.createdAt : clock.elapsed() - started);
  const outcome: Outcome = {
    task,
    status: end.status,
    ...(end.artifact ? { output: end.artifact } : {}),
    verdicts: end.verdicts,
    ...(end.plan ? { plan: end.plan } : {}),
    costNano: (await scope.services.ledger?.totals(task.run))?.nano ?? 0,
  };
  const reached = end.status === "accepted" || end.status === "rejected";
  if (reached) await hooks.call("task.memorize", outcome);
  await hooks.call(reached ? "task.finish" : "task.fail", outcome);
}

async function prepare(scope: RunScope, { request, thread, earlier }: Beginning, context: Pick<PluginContext, "find" | "services">): Promise<Planned> {
  const collection = (await readDocuments(scope, request)) ?? earlier;
  const planned = await planTask(scope, request, context, collection, thread);
  const { plan, predicted, edges, topologyPlugin: by } = planned;
  if (plan.recalled.length > 0) void scope.log.write("memory.recalled", { recalled: plan.recalled });
  const { task: _task, recalled: _recalled, thread: _thread, ...journalled } = plan;
  await scope.log.write("run.planned", { plan: journalled, predicted, ...(await estimateBefore(planned, scope)), edges, by });
  return planned;
}

/** What an error makes of the run: most are failures, some are ends a person should tell apart. */
function statusOf(code: string): RunStatus {
  if (code === "RUN_CANCELLED") return "cancelled";
  if (code === "BUDGET_EXCEEDED") return "over_budget";
  return code === "STEP_REJECTED" ? "rejected" : "failed";
}

async function readDocuments(scope: RunScope, { files = [], skipped = [] }: RunRequest): Promise<string | undefined> {
  if (files.length === 0 && skipped.length === 0) return undefined;
  const { documents } = scope.services;
  if (!documents)
    throw new OrreryError("DOCUMENTS_UNAVAILABLE", "Documents were given, and no plugin that reads documents is active.", {
      todo: "See `orrery plugins` for why orrery.documents is not active.",
    });
  const started = scope.clock.elapsed();
  const ingested = await documents.ingest(files, { signal: scope.signal });
  await scope.log.write("documents.read", { ...ingested, skipped: [...skipped, ...ingested.skipped], ms: scope.clock.elapsed() - started });
  if (ingested.documents.length === 0) {
    throw new OrreryError(
      "DOCUMENTS_UNREADABLE",
      `None of the ${files.length + skipped.length} files could be read: ${[...skipped, ...ingested.skipped]
        .slice(0, 3)
        .map(({ path, reason }) => `${path} (${reason})`)
        .join(", ")}`,
      { todo: "Hand in Markdown, text, HTML, PDF, JSON, CSV or source code." },
    );
  }
  return ingested.collection;
}

async function untilJudged(scope: RunScope, planned: Planned, progress: { calls: number }): Promise<End> {
  const feedback: string[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const executed = await executeTopology(scope, planned, planned.executor, attempt === 1 ? "" : `t${attempt}/`, feedback, progress);
    const known = scope.past.judged.get(attempt);
    const judged = known ?? (await judgeTask(scope, planned, executed, attempt));
    if (!known) await scope.log.write("run.judged", { attempt, ...judged });
    const { action, reasons } = judged.decision;
    if ((action === "retry" || action === "redesign") && attempt < scope.limits.taskAttempts) {
      feedback.push(...judged.decision.feedback);
      continue;
    }
    const { artifact, failures, facts } = executed;
    const end = { artifact, verdicts: judged.verdicts, failures, facts, calls: progress.calls, plan: planned.plan };
    if (action !== "accept" && action !== "escalate") return { ...end, status: "rejected", reasons };
    const asked = (planned.plan.team.gates ?? []).filter(({ beforeFinish }) => beforeFinish);
    if (action === "escalate") asked.unshift({ id: "outcome", ask: `The judges leave the outcome to a person: ${reasons.join("; ")}` });
    try {
      for (const { id, ask } of asked) await scope.control.ask(scope.log, { id, ask, artifact }, scope.signal);
    } catch (thrown) {
      if (!(thrown instanceof GateDenied)) throw thrown;
      return { ...end, status: "rejected", reasons: [thrown.message] };
    }
    return { ...end, status: "accepted", reasons: action === "escalate" ? [...reasons, "a person approved it"] : reasons };
  }
}

const judgeTask = (scope: RunScope, { plan }: Planned, { artifact, model }: Executed, attempt: number): Promise<Judged> =>
  judge(
    scope,
    "task.judge",
    {
      subject: "task",
      run: scope.task.run,
      task: scope.task.text,
      artifact,
      inputs: [],
      ...(plan.collection ? { collection: plan.collection } : {}),
      criteria: scope.task.criteria,
      model,
    },
    { attempt, maxAttempts: scope.limits.taskAttempts },
  );

async function finish(scope: RunScope, end: End, durationMs: number): Promise<void> {
  const { log, hooks } = scope;
  const output = end.artifact?.text ?? "";
  if (end.artifact)
    void log.write("artifact.made", { name: "report.md", mediaType: "text/markdown", bytes: new TextEncoder().encode(output).length, from: end.artifact.step });
  void log.write("trace.hooks", { hooks: Array.from(hooks.tally, ([hook, row]) => ({ hook, ...row, totalMs: Math.round(row.totalMs * 1000) / 1000 })) });
  await log.write("run.finished", {
    status: end.status,
    output,
    ...(end.artifact?.data === undefined ? {} : { outputData: end.artifact.data }),
    observedCalls: end.calls,
    reasons: end.reasons,
    failures: end.failures,
    ...(Object.keys(end.facts).length > 0 ? { facts: end.facts } : {}),
    ...(end.error ? { error: end.error } : {}),
    durationMs,
  });
}
