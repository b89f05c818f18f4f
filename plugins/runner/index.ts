import {
  definePlugin,
  Documents,
  Journal,
  lazy,
  Ledger,
  Mailbox,
  type ModelAnswer,
  Models,
  type ModelsFor,
  OrreryError,
  Runner,
  type RunReport,
  type RunRequest,
  Storage,
  type Task,
} from "@orrery/sdk";
import { z } from "zod";
import { failureOf } from "./failure.ts";
import type { Shared } from "./live-run.ts";
import { listModels } from "./list-models.ts";
import { noPast } from "./past.ts";
import { notUnderWay, Questions } from "./questions.ts";
import type { Question } from "./put-question.ts";
import type { Optional } from "./run-scope.ts";

const longest = 100_000;

/** The way through a task, loaded at the first one. */
export const load = lazy(() => import("./live-run.ts"));
const loadReport = lazy(() => import("./run-report.ts"));

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
      { name: "service.find:orrery.workspace@1", reason: "a fork begins with the files its run had then" },
    ],
  },
  config: z.object({
    concurrency: z.int().positive().default(8),
    stepAttempts: z.int().positive().default(2),
    taskAttempts: z.int().positive().default(2),
    maxSteps: z.int().positive().default(10_000),
    modelDeadlineMs: z.number().positive().default(300_000),
    toolRounds: z.int().positive().default(8),
    toolCalls: z.int().positive().default(64),
    toolDeadlineMs: z.number().positive().default(60_000),
    letterWaitMs: z.number().positive().default(10_000),
    passages: z.int().positive().default(24),
    answerTokens: z.int().positive().default(600),
    questions: z.int().nonnegative().default(200),
    questionsAtOnce: z.int().positive().default(4),
  }),
  requires: { journal: Journal },
  provides: [Runner, Models],
  setup(context) {
    const { use, config: limits, clock, random, session, provide, when, call } = context;
    const services: Optional = { documents: undefined, ledger: undefined, mailbox: undefined, storage: undefined };
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
    when({ mailbox: Mailbox }, ({ use: { mailbox }, own: hold }) => {
      services.mailbox = mailbox;
      hold("mailbox", () => {
        services.mailbox = undefined;
      });
    });
    when({ storage: Storage }, ({ use: { storage }, own: hold }) => {
      services.storage = storage;
      hold("storage", () => {
        services.storage = undefined;
      });
    });
    const observations = lazy(async () => new (await import("./observed.ts")).Observations(use.journal, services, clock));
    const observed: Shared["observed"] = async (workspace, now) => (await observations()).of(workspace, now);
    const attend: Shared["attend"] = (run) =>
      services.mailbox?.attend(run, async (letter) => (await import("./steer.ts")).steerByLetter(shared, run, letter)) ?? (() => {});
    const shared: Shared = { context, journal: use.journal, services, limits, live: new Map(), faults: new Map(), observed, attend };

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
        run: request.run ?? random.id("run"),
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

    const unknown = (runId: string) => new OrreryError("RUN_UNKNOWN", `There is no run "${runId}".`, { todo: "`orrery runs` lists them." });
    const report = async (runId: string): Promise<RunReport | undefined> => {
      const head = await use.journal.head(runId);
      if (!head) return undefined;
      const [entries, held, { reportOf }] = await Promise.all([use.journal.read(runId), use.journal.held(runId), loadReport()]);
      return reportOf(entries, head, held, shared.faults.get(runId));
    };

    const outside = new Questions(clock, limits, 60_000);
    const askAlone = async (plugin: string, question: Question, signal: AbortSignal): Promise<ModelAnswer> => {
      const [{ askOutside, taskOfQuestion }, { logOf }] = await Promise.all([import("./ask-outside.ts"), load()]);
      const { dayNano = 0 } = (await services.ledger?.allowance(plugin)) ?? {};
      const task = taskOfQuestion(plugin, { id: random.id("task"), run: random.id("run"), createdAt: clock.now() }, question, dayNano);
      const epoch = await use.journal.lease(task.run);
      const hooks = session(task.run);
      try {
        const log = logOf(shared, task, epoch, hooks);
        return await askOutside(plugin, question, { task, log, hooks, signal, clock, services, limits, models: () => listModels(context) });
      } finally {
        hooks.close();
      }
    };
    const models: ModelsFor = {
      list: () => listModels(context),
      async ask(given, plugin = "-") {
        const { run: id } = Object(given) as { run?: unknown };
        // The run as it stands when the question comes: what is loaded for it must not make it late.
        const scope = typeof id === "string" ? shared.live.get(id)?.scope : undefined;
        const put = async (signal: AbortSignal): Promise<ModelAnswer> => {
          const { putQuestion, readQuestion } = await import("./put-question.ts");
          signal.throwIfAborted();
          const question = readQuestion(given);
          if (question.run === undefined) return askAlone(plugin, question, signal);
          if (!scope) throw notUnderWay(question.run);
          return putQuestion(plugin, question, random.id("question"), { ...scope, signal });
        };
        return scope ? scope.questions.hold(plugin, scope.task.run, scope.signal, put) : outside.hold(plugin, "", context.signal, put);
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
        const { beginLife, earlierIn } = await load();
        const { turns, collection } = request.thread ? await earlierIn(shared, task) : { turns: [], collection: undefined };
        await beginLife(shared, {
          task,
          epoch: await use.journal.lease(task.run),
          next: 0,
          past: noPast,
          beginning: { request, thread: turns, earlier: collection },
          first: (log) => log.write("run.submitted", { task, ...(request.team ? { team: request.team } : {}) }),
        });
        return { runId: task.run, thread: task.thread };
      },
      async wait(runId) {
        const run = shared.live.get(runId);
        if (run) await Promise.race([run.ended, run.control.until(() => run.control.waits)]);
        const found = await report(runId);
        if (!found) throw unknown(runId);
        return found;
      },
      report,
      async forecast(request) {
        const hooks = session("forecast");
        try {
          const { forecastOf } = await import("./forecast.ts");
          const [models, earlier] = await Promise.all([listModels(context), observed(request.workspace, true)]);
          const given = { hooks, context, ledger: services.ledger, limits, models, observed: earlier, signal: context.signal };
          return await forecastOf(taskOf(request), request, given);
        } finally {
          hooks.close();
        }
      },
      async cancel(runId, reason) {
        try {
          await runner.steer(runId, { do: "cancel", reason }, "a person");
          return true;
        } catch (error) {
          if (["RUN_UNKNOWN", "RUN_OVER", "RUN_ELSEWHERE"].includes(failureOf(error).code)) return false;
          throw error;
        }
      },
      async steer(runId, steering, actor, given) {
        const { steer } = await import("./steer.ts");
        return steer(shared, runId, steering, { ...given, actor });
      },
      async waiting({ workspace } = {}) {
        const { waitingIn } = await import("./waiting.ts");
        return waitingIn(use.journal, workspace);
      },
      async resume(runId, given) {
        const { resume } = await import("./resume.ts");
        return resume(shared, runId, given);
      },
      async fork(runId, request, given) {
        const { fork } = await import("./fork.ts");
        return fork(shared, runId, request, given);
      },
    };
    provide(Runner, runner);
    provide(Models, models);
  },
});
