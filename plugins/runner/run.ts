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
import { executeTopology, type Executed } from "./execute-topology.ts";
import { type Failure, failureOf } from "./failure.ts";
import type { HookTally } from "./hook-tally.ts";
import { judge } from "./judge.ts";
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

/** One task from documents to a judged outcome. Never throws but for a journal that cannot be written. */
export async function run(
  scope: RunScope,
  request: RunRequest,
  context: Pick<PluginContext, "find" | "services">,
  thread: ThreadTurn[],
  earlier: string | undefined,
  tally: HookTally,
): Promise<void> {
  const { log, clock, hooks, task } = scope;
  const started = clock.elapsed();
  const progress = { calls: 0, plan: undefined as Plan | undefined };
  let end: End;
  try {
    const collection = (await readDocuments(scope, request)) ?? earlier;
    const planned = await planTask(scope, request, context, collection, thread);
    progress.plan = planned.plan;
    const { plan, predicted, edges, topologyPlugin: by } = planned;
    if (plan.recalled.length > 0) void log.write("memory.recalled", { recalled: plan.recalled });
    const { task: _task, recalled: _recalled, thread: _thread, ...journalled } = plan;
    await log.write("run.planned", { plan: journalled, predicted, edges, by });
    end = await untilJudged(scope, planned, progress);
  } catch (thrown) {
    const error = failureOf(thrown);
    const status = scope.signal.aborted ? "cancelled" : statusOf(error.code);
    end = { status, artifact: undefined, reasons: [error.message], verdicts: [], failures: [], facts: {}, calls: progress.calls, plan: progress.plan, error };
  }
  await scope.questions.end();
  await finish(scope, end, clock.elapsed() - started, tally);
  const outcome: Outcome = {
    task,
    status: end.status,
    ...(end.artifact ? { output: end.artifact } : {}),
    verdicts: end.verdicts,
    ...(end.plan ? { plan: end.plan } : {}),
    costNano: (await scope.services.ledger?.totals(task.run))?.nano ?? 0,
  };
  const reached = end.status === "accepted" || end.status === "rejected" || end.status === "waiting";
  if (reached) await hooks.call("task.memorize", outcome);
  await hooks.call(reached ? "task.finish" : "task.fail", outcome);
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
  const { plan } = planned;
  const feedback: string[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const executed = await executeTopology(scope, planned, planned.executor, attempt === 1 ? "" : `t${attempt}/`, feedback, progress);
    const { artifact, model, failures, facts } = executed;
    const judged = await judge(
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
    await scope.log.write("run.judged", { attempt, ...judged });
    const { action, reasons } = judged.decision;
    if ((action === "retry" || action === "redesign") && attempt < scope.limits.taskAttempts) {
      feedback.push(...judged.decision.feedback);
      continue;
    }
    const status: RunStatus = action === "accept" ? "accepted" : action === "escalate" ? "waiting" : "rejected";
    return { status, artifact, reasons, verdicts: judged.verdicts, failures, facts, calls: progress.calls, plan };
  }
}

async function finish(scope: RunScope, end: End, durationMs: number, tally: HookTally): Promise<void> {
  const { log } = scope;
  const output = end.artifact?.text ?? "";
  if (end.artifact)
    void log.write("artifact.made", { name: "report.md", mediaType: "text/markdown", bytes: new TextEncoder().encode(output).length, from: end.artifact.step });
  void log.write("trace.hooks", { hooks: tally.rows() });
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
