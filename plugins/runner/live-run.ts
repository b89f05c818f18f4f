import type { Clock, HookSession, Journal, JournalEntry, Lifecycle, Log, ModelInfo, PluginContext, Random, RunEvent, Task } from "@orrery/sdk";
import { Cancelled, type Failure, failureOf } from "./failure.ts";
import { listModels } from "./list-models.ts";
import type { Past } from "./past.ts";
import type { Observed } from "./observed.ts";
import { Questions } from "./questions.ts";
import { type Beginning, run } from "./run.ts";
import { LetGo, RunControl, type Told } from "./run-control.ts";
import { RunLog } from "./run-log.ts";
import type { Optional, RunnerConfig, RunScope } from "./run-scope.ts";

export { earlierIn } from "./thread.ts";

/** A run under way in this process. */
export interface LiveRun {
  readonly task: Task;
  readonly control: RunControl;
  readonly log: RunLog;
  readonly scope: RunScope;
  /** Resolves when nothing of it goes on here any more: it has ended, or was let go. */
  readonly ended: Promise<void>;
}

/** What all runs of a runner share. */
export interface Shared {
  readonly context: Pick<PluginContext, "find" | "services" | "session" | "call" | "own"> & { log: Log; clock: Clock; random: Random };
  readonly journal: Journal;
  readonly services: Optional;
  readonly limits: RunnerConfig;
  readonly live: Map<string, LiveRun>;
  /** Why a run was let go that could not be journalled, until it is carried on. */
  readonly faults: Map<string, Failure>;
  /** What steps of a workspace's earlier runs took; `now`: of every run that is over by now. */
  observed(workspace: string, now?: boolean): Promise<Observed>;
  /** Takes in what other processes and tabs tell the run, until what comes back is called. */
  attend(run: string): () => void;
}

/** One life of a run: a run that was killed is carried on in another. */
export interface Life {
  task: Task;
  epoch: number;
  /** Index of the next entry. */
  next: number;
  told?: Told;
  past: Past;
  /** Made once the first entry is written. */
  beginning: Beginning;
  /** Written before anything else; a life whose first entry cannot be written does not begin. */
  first(log: RunLog): Promise<unknown>;
}

/** What an entry looks like to those who listen: without the chain. */
const asEvent = ({ run, idx, seq, type, actor, workspace, data, ts }: JournalEntry): RunEvent => ({ run, idx, seq, type, actor, workspace, data, ts });

/** A run's pen: what it writes is told to `hooks`. */
export function logOf(
  { context, journal }: Pick<Shared, "context" | "journal">,
  task: Task,
  epoch: number,
  hooks: Pick<HookSession<Lifecycle>, "call"> & Partial<Pick<HookSession<Lifecycle>, "tapped">>,
  { next = 0, broken = () => {} }: { next?: number; broken?: (error: unknown) => void } = {},
): RunLog {
  const unheard = (error: unknown): void => context.log.warn("an event listener failed", { code: failureOf(error).code });
  return new RunLog({
    journal,
    run: task.run,
    epoch,
    next,
    actor: task.actor,
    workspace: task.workspace,
    now: context.clock.now,
    sleep: context.clock.sleep,
    heard: (entry) => {
      if (hooks.tapped?.("event") !== false) hooks.call("event", asEvent(entry)).catch(unheard);
    },
    unheard: (type) => context.log.warn(`"${type}" was written and could not be sent to listeners`),
    broken,
  });
}

/** Begins a life of a run: resolves once its first entry is durable; the run goes on by itself. */
export async function beginLife(shared: Shared, life: Life): Promise<LiveRun> {
  const { context, journal, services, limits, live, faults } = shared;
  const { task, epoch, past } = life;
  const control = new RunControl(life.told);
  const hooks = context.session(task.run);
  // What was paid for and cannot be kept must not go on.
  const log = logOf(shared, task, epoch, hooks, { next: life.next, broken: (error) => control.stop(new LetGo(failureOf(error).message)) });
  try {
    await life.first(log);
  } catch (error) {
    hooks.close();
    void journal.release(task.run, epoch).catch(() => undefined);
    throw error;
  }
  faults.delete(task.run);
  let models: Promise<readonly ModelInfo[]> | undefined;
  const scope: RunScope = {
    task,
    log,
    hooks,
    control,
    signal: control.signal,
    past,
    epoch,
    clock: context.clock,
    random: context.random,
    services,
    limits,
    questions: new Questions(context.clock, limits),
    models: () => (models ??= listModels(context)),
    observed: () => shared.observed(task.workspace),
  };
  const ended = run(scope, life.beginning, context)
    .catch((error) => {
      const failure = failureOf(log.failure ?? error);
      if (log.failure === undefined && control.letGo) return;
      faults.set(task.run, failure);
      context.log.error(`run ${task.run} could not be journalled to its end`, { ...failure });
    })
    .finally(async () => {
      // What was noted last, while there are hooks to hear of it.
      await log.flush();
      hooks.close();
      live.delete(task.run);
      unattend();
      if (control.letGo) await journal.release(task.run, epoch).catch(() => undefined);
      void release();
    });
  const begun: LiveRun = { task, control, log, scope, ended };
  live.set(task.run, begun);
  const unattend = shared.attend(task.run);
  // Owned after its session, so that on unload the run stops first and still has hooks to stop with.
  const release = context.own(`run ${task.run}`, async () => {
    if (live.get(task.run) !== begun) return;
    control.stop(new LetGo("the runner is closing"));
    await ended;
  });
  return begun;
}

/** Ends a run on a person's word: the calls under way are stopped, and it ends with a report. */
export async function cancelLive({ control, log, ended }: LiveRun, reason: string, by: string): Promise<void> {
  await log.write("run.cancelled", { by, reason });
  control.stop(new Cancelled(reason));
  await ended;
}
