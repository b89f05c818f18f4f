import {
  definePlugin,
  Documents,
  Journal,
  Ledger,
  type ModelInfo,
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
import { RunLog } from "./run-log.ts";
import type { Optional } from "./run-scope.ts";

const longest = 100_000;

/** The way through a task, loaded at the first one. */
export const load = () => import("./run.ts");

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
  }),
  requires: { journal: Journal },
  provides: [Runner],
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
    const active = new Map<string, { abort: AbortController; ended: Promise<void> }>();

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
        const log = new RunLog({
          journal: use.journal,
          run: task.run,
          epoch: await use.journal.lease(task.run),
          actor: task.actor,
          workspace: task.workspace,
          now: clock.now,
          heard: (event) => void hooks.call("event", event).catch((error) => context.log.warn("an event listener failed", { code: failureOf(error).code })),
          unheard: (type) => context.log.warn(`"${type}" was written and could not be sent to listeners`),
        });
        const hooks = session(task.run);
        await log.write("run.submitted", { task }).catch((error: unknown) => {
          hooks.close();
          throw error;
        });
        const abort = new AbortController();
        const tally = new HookTally(clock);
        let models: Promise<readonly ModelInfo[]> | undefined;
        const scope = {
          task,
          log,
          hooks: tally.over(hooks),
          signal: abort.signal,
          clock,
          random,
          services,
          limits,
          models: () => (models ??= call("model.list", { refresh: false }).then((answers) => answers.flatMap((answer) => (answer.ok ? answer.value : [])))),
        };
        const ended = run(scope, request, context, turns, collection, tally)
          .catch((error) => context.log.error(`run ${task.run} could not be journalled to its end`, { ...failureOf(error) }))
          .finally(() => {
            hooks.close();
            active.delete(task.run);
            void release();
          });
        active.set(task.run, { abort, ended });
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
  },
});
