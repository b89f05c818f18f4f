import { type Journal, OrreryError, type Resumption, type RunRequest, type Steering, type ThreadTurn } from "@orrery/sdk";
import { failureOf } from "./failure.ts";
import { beginLife, logOf, type Shared } from "./live-run.ts";
import { DocumentsChanged, planAgain } from "./plan-again.ts";
import type { Planned } from "./plan-task.ts";
import { type Recorded, readPast } from "./read-past.ts";
import type { RunLog } from "./run-log.ts";
import { runOver, unknownGate } from "./steering-errors.ts";
import { earlierIn } from "./thread.ts";

interface Taken {
  recorded: Recorded;
  epoch: number;
  next: number;
}

/** Takes a run that nobody carries on. Throws RUN_UNKNOWN, RUN_OVER, RUN_ELSEWHERE. */
async function take(journal: Journal, runId: string): Promise<Taken> {
  const unknown = () => new OrreryError("RUN_UNKNOWN", `There is no run "${runId}".`, { todo: "`orrery runs` lists them." });
  if (!(await journal.head(runId))) throw unknown();
  const epoch = await journal.lease(runId, { unlessHeld: true }).catch((error: { code?: string; message?: string }) => {
    if (error.code !== "JOURNAL_HELD") throw error;
    throw new OrreryError("RUN_ELSEWHERE", `Run ${runId} is under way in another process or tab.`, {
      todo: "Steer it there, or through the server's page and API; or stop that process first.",
      cause: error,
    });
  });
  try {
    // Read under the lease: nobody writes to it any more.
    const entries = await journal.read(runId);
    const recorded = readPast(entries);
    if (!recorded) throw unknown();
    if (recorded.ended) throw runOver(runId, String((entries.at(-1)?.data as { status?: unknown } | undefined)?.status ?? "its journal says so"));
    return { recorded, epoch, next: entries.length };
  } catch (error) {
    await journal.release(runId, epoch);
    throw error;
  }
}

/**
 * Carries a run on from its journal. `told` is what a person says at the same moment: it is journalled first.
 * What cannot go on for now is said in the journal and left for the next time; what never can is closed as failed.
 */
export async function resume(shared: Shared, runId: string, given: Resumption, told?: Steering): Promise<void> {
  if (shared.live.has(runId)) return;
  const taken = await take(shared.journal, runId);
  const { recorded, epoch, next } = taken;
  const { task, past } = recorded;
  let planned: Planned | undefined;
  let thread: ThreadTurn[];
  try {
    if (recorded.question) throw new QuestionLost(task.actor);
    thread = task.thread ? (await earlierIn(shared, task)).turns : [];
    if (past.planned && past.cancelled === undefined && told?.do !== "cancel") planned = await planAgain(shared, recorded, given, thread);
  } catch (error) {
    await stall(shared, taken, error);
    throw error;
  }
  const request: RunRequest = {
    text: task.text,
    files: given.files ?? [],
    skipped: given.skipped ?? [],
    ...(recorded.team ? { team: recorded.team } : {}),
    spending: task.constraints.spending,
    actor: task.actor,
    workspace: task.workspace,
  };
  const by = given.actor;
  if (told) applyTold(runId, recorded, told);
  await beginLife(shared, {
    task,
    epoch,
    next,
    told: recorded.told,
    past: told?.do === "cancel" ? { ...past, cancelled: told.reason ?? `cancelled by ${by}` } : past,
    beginning: { request, thread, earlier: recorded.collection, ...(planned ? { planned } : {}) },
    first: (log) => writeTold(log, told, by),
  });
}

/** Tells a run that nobody carries on, without carrying it on: it hears of it when it is. */
export async function note(shared: Shared, runId: string, told: Extract<Steering, { do: "pause" | "redirect" }>, by: string): Promise<void> {
  const { recorded, epoch, next } = await take(shared.journal, runId);
  try {
    if (told.do === "pause" && recorded.told.paused) return;
    const log = logOf(shared, recorded.task, epoch, shared.context, { next });
    if (told.do === "pause") await log.write("run.paused", { by });
    else await log.write("run.redirected", { instruction: told.instruction.trim(), by });
  } finally {
    await shared.journal.release(runId, epoch);
  }
}

function applyTold(runId: string, { told }: Recorded, said: Steering): void {
  if (said.do === "resume") told.paused = false;
  if (said.do !== "approve" && said.do !== "deny") return;
  const gate = told.gates.find(({ name }) => name === said.gate);
  if (!gate)
    throw unknownGate(
      runId,
      said.gate,
      told.gates.filter(({ decision }) => !decision).map(({ name }) => name),
    );
  if (gate.decision) throw new OrreryError("GATE_DECIDED", `"${said.gate}" was decided already.`, { todo: "Nothing waits there any more." });
  gate.decision = { approve: said.do === "approve", note: said.note };
}

function writeTold(log: RunLog, told: Steering | undefined, by: string): Promise<unknown> {
  if (told?.do === "resume") void log.write("run.resumed", { by, from: "pause" });
  if (told?.do === "cancel") void log.write("run.cancelled", { by, reason: told.reason ?? `cancelled by ${by}` });
  if (told?.do === "approve" || told?.do === "deny") {
    void log.write("gate.decided", { gate: told.gate, decision: told.do, by, ...(told.note === undefined ? {} : { note: told.note }) });
  }
  return log.write("run.resumed", { by, from: "crash" });
}

/** Who asked is gone too: nobody would hear the answer. */
class QuestionLost extends OrreryError {
  constructor(plugin: string) {
    super("QUESTION_LOST", `${plugin} was waiting for this answer in a process that is gone.`, {
      todo: "Nothing: the plugin asks again if it still wants to know.",
    });
  }
}

/** Says in the journal why the run does not go on, once, and gives it back; closes it where it never can. */
async function stall(shared: Shared, { recorded, epoch, next }: Taken, thrown: unknown): Promise<void> {
  const error = failureOf(thrown);
  const { task, past, stalled } = recorded;
  try {
    const log = logOf(shared, recorded.task, epoch, shared.context, { next });
    if (thrown instanceof DocumentsChanged || thrown instanceof QuestionLost) {
      const observedCalls = [...past.steps.values()].filter(({ attempts }) => attempts.length > 0).length;
      const durationMs = shared.context.clock.now() - task.createdAt;
      await log.write("run.finished", { status: "failed", output: "", observedCalls, reasons: [error.message], failures: [], error, durationMs });
    } else if (stalled?.message !== error.message) await log.write("run.stalled", { error });
  } catch (failed) {
    shared.context.log.error(`run ${task.run} does not go on, and that could not be journalled`, { ...failureOf(failed) });
  } finally {
    await shared.journal.release(task.run, epoch).catch(() => undefined);
  }
}
