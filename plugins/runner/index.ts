import {
  definePlugin,
  Documents,
  type HookSession,
  Journal,
  lazy,
  Ledger,
  type Lifecycle,
  type ModelAnswer,
  type ModelInfo,
  Models,
  type ModelsFor,
  OrreryError,
  Runner,
  type RunReport,
  type RunRequest,
  type Task,
  type ThreadTurn,
  typed,
} from "@orrery/sdk";
import { z } from "zod";
import { failureOf } from "./failure.ts";
import { HookTally } from "./hook-tally.ts";
import { notUnderWay, Questions } from "./questions.ts";
import type { Question } from "./put-question.ts";
import { RunLog } from "./run-log.ts";
import type { Optional, RunScope } from "./run-scope.ts";

const longest = 100_000;

/** The way through a task, loaded at the first one. */
export const load = lazy(() => import("./run.ts"));

export default definePlugin({
  manifest: {
    id: "orrery.runner",
    version: "0.1.0",
    api: "^1.0",
    title: "Runner",
    description: "Drives a task through its life: plan, topology, route, budget, model, judge, decide, memorize.",
    capabilities: [
      { name: "hook.call:*", reason: "it calls every hook of a task's life" },
      { name: "service.find:orrery.topology.*", reason: "topologies are found by the name a task gives" },
    ],
  },
  config: z.object({
    concurrency: z.int().positive().default(8),
    stepAttempts: z.int().positive().default(2),
    taskAttempts: z.int().positive().default(2),
    maxSteps: z.int().positive().default(10_000),
    modelDeadlineMs: z.number().positive().default(300_000),
    passages: z.int().positive().default(24),
    questions: z.int().nonnegative().default(200),
    questionsAtOnce: z.int().positive().default(4),
  }),
  requires: { journal: Journal },
  provides: [Runner, Models],
  setup(context) {
    const { use, config: limits, clock, random, session, provide, when, own, call } = context;
    const services: Optional = { documents: undefined, ledger: undefined };
    when({ documents: Documents }, ({ use: { documents }, own: hold }) => {
      services.documents = documents;
      hold("documents", () => {
        services.documents = undefined;
      });
    });
    when({ ledger: Ledger }, ({ use: { ledger }, own: hold }) => {
      services.ledger = ledger;
      hold("ledger", () => {
        services.ledger = undefined;
      });
    });
    const active = new Map<string, { abort: AbortController; ended: Promise<void>; scope: RunScope }>();

    const taskOf = (request: RunRequest): Task => {
      const text = request.text.trim();
      if (text === "")
        throw new OrreryError("TASK_EMPTY", "The task is empty.", { todo: 'Say what you want, as: orrery run "What changed in March?" --docs ./notes' });
      if (text.length > longest)
        throw new OrreryError("TASK_TOO_LONG", `The task has ${text.length} characters; ${longest} is the most.`, {
          todo: "Hand long material in as a document.",
        });
      return {
        id: random.id("task"),
        run: random.id("run"),
        thread: request.thread ?? random.id("thread"),
        text,
        documents: (request.sources ?? request.files?.map(({ path }) => path) ?? []).slice(0, 1_000),
        criteria: request.criteria ?? request.team?.criteria ?? [],
        constraints: {
          ...(request.topology ? { topology: request.topology } : {}),
          ...(request.agents ? { agents: request.agents } : {}),
          ...(request.model ? { model: request.model } : {}),
          spending: request.spending,
        },
        actor: request.actor,
        workspace: request.workspace,
        createdAt: clock.now(),
      };
    };

    /** The thread's last turns, oldest first, and the documents they were about. */
    const earlierIn = async ({ thread, workspace }: RunRequest): Promise<{ turns: ThreadTurn[]; collection: string | undefined }> => {
      if (!thread) return { turns: [], collection: undefined };
      const runs = (await use.journal.runs({ thread, workspace, limit: 3 })).reverse();
      const turns: ThreadTurn[] = [];
      let collection: string | undefined;
      for (const { run: id, task } of runs) {
        for (const entry of await use.journal.read(id)) {
          const event = typed(entry);
          if (event?.type === "run.planned") collection = event.data.plan.collection ?? collection;
          if (event?.type === "run.finished" && event.data.output !== "") turns.push({ run: id, task, answer: event.data.output });
        }
      }
      const kept = collection && (await services.documents?.has(collection)) ? collection : undefined;
      return { turns, collection: kept };
    };

    const report = async (runId: string): Promise<RunReport | undefined> => {
      const head = await use.journal.head(runId);
      return head && (await import("./run-report.ts")).reportOf(await use.journal.read(runId), head);
    };

    const logOf = (task: Task, epoch: number, hooks: HookSession<Lifecycle>): RunLog =>
      new RunLog({
        journal: use.journal,
        run: task.run,
        epoch,
        actor: task.actor,
        workspace: task.workspace,
        now: clock.now,
        heard: (event) => void hooks.call("event", event).catch((error) => context.log.warn("an event listener failed", { code: failureOf(error).code })),
        unheard: (type) => context.log.warn(`"${type}" was written and could not be sent to listeners`),
      });
    const listModels = async (): Promise<ModelInfo[]> => (await call("model.list", { refresh: false })).flatMap((answer) => (answer.ok ? answer.value : []));
    const modelsOnce = () => {
      let models: Promise<readonly ModelInfo[]> | undefined;
      return () => (models ??= listModels());
    };

    const outside = new Questions(clock, limits, 60_000);
    const askAlone = async (plugin: string, question: Question, signal: AbortSignal): Promise<ModelAnswer> => {
      const { askOutside, taskOfQuestion } = await import("./ask-outside.ts");
      const { dayNano = 0 } = (await services.ledger?.allowance(plugin)) ?? {};
      const task = taskOfQuestion(plugin, { id: random.id("task"), run: random.id("run"), createdAt: clock.now() }, question, dayNano);
      const epoch = await use.journal.lease(task.run);
      const hooks = session(task.run);
      try {
        return await askOutside(plugin, question, { task, log: logOf(task, epoch, hooks), hooks, signal, clock, services, limits, models: modelsOnce() });
      } finally {
        hooks.close();
      }
    };
    const models: ModelsFor = {
      list: listModels,
      async ask(given, plugin = "-") {
        const { putQuestion, readQuestion } = await import("./put-question.ts");
        const question = readQuestion(given);
        const { run: id } = question;
        if (id === undefined) return outside.hold(plugin, "", context.signal, (signal) => askAlone(plugin, question, signal));
        const scope = active.get(id)?.scope;
        if (!scope) throw notUnderWay(id);
        return scope.questions.hold(plugin, id, scope.signal, (signal) => putQuestion(plugin, question, random.id("question"), { ...scope, signal }));
      },
    };

    const runner: Runner = {
      async start(request) {
        const task = taskOf(request);
        const admitted = await call("task.submit", task);
        if (admitted.decision !== "allow") {
          throw new OrreryError(
            "TASK_REFUSED",
            `The task was not admitted: ${admitted.reasons.map(({ plugin, reason }) => `${reason} (${plugin})`).join("; ")}`,
            { todo: "Change what the policy named here objects to." },
          );
        }
        const { turns, collection } = await earlierIn(request);
        const { run } = await load();
        const epoch = await use.journal.lease(task.run);
        const hooks = session(task.run);
        const log = logOf(task, epoch, hooks);
        await log.write("run.submitted", { task }).catch((error: unknown) => {
          hooks.close();
          throw error;
        });
        const abort = new AbortController();
        const tally = new HookTally(clock);
        const scope: RunScope = {
          task,
          log,
          hooks: tally.over(hooks),
          signal: abort.signal,
          clock,
          random,
          services,
          limits,
          questions: new Questions(clock, limits),
          models: modelsOnce(),
        };
        const ended = run(scope, request, context, turns, collection, tally)
          .catch((error) => context.log.error(`run ${task.run} could not be journalled to its end`, { ...failureOf(error) }))
          .finally(() => {
            hooks.close();
            active.delete(task.run);
            void release();
          });
        active.set(task.run, { abort, ended, scope });
        // Owned after its session, so that on unload the run ends first and still has hooks to end with.
        const release = own(`run ${task.run}`, async () => {
          abort.abort(new OrreryError("RUN_CANCELLED", "the runner is closing"));
          await ended;
        });
        return { runId: task.run, thread: task.thread };
      },
      async wait(runId) {
        await active.get(runId)?.ended;
        const found = await report(runId);
        if (!found) throw new OrreryError("RUN_UNKNOWN", `There is no run "${runId}".`, { todo: "`orrery runs` lists them." });
        return found;
      },
      report,
      async forecast(request) {
        const hooks = session("forecast");
        try {
          const { forecastOf } = await import("./forecast.ts");
          return await forecastOf(taskOf(request), request, hooks, context, services.ledger, context.signal);
        } finally {
          hooks.close();
        }
      },
      async cancel(runId, reason) {
        const found = active.get(runId);
        found?.abort.abort(new OrreryError("RUN_CANCELLED", reason));
        await found?.ended;
        return found !== undefined;
      },
    };
    provide(Runner, runner);
    provide(Models, models);
  },
});
