import { type ModelAnswer, type ModelInfo, modelQuestion, type Origin, OrreryError } from "@orrery/sdk";
import type { z } from "zod";
import { refusal } from "./failure.ts";
import { reservedCall } from "./reserved-call.ts";
import type { RunScope } from "./run-scope.ts";

export type Question = z.output<typeof modelQuestion>;

/** Where a question's entries go, and whose money it may spend beside the plugin's own. */
export type Asked = Pick<RunScope, "hooks" | "log" | "services" | "clock" | "limits" | "models"> & {
  readonly task: Pick<RunScope["task"], "run" | "id" | "actor" | "workspace"> & {
    readonly constraints: Pick<RunScope["task"]["constraints"], "spending" | "model">;
  };
  readonly signal: AbortSignal;
};

/** A question a plugin put, checked. Throws QUESTION_INVALID. */
export function readQuestion(given: unknown): Question {
  const read = modelQuestion.safeParse(given);
  const wrong = read.error?.issues.map(({ path, message }) => `${path.join(".") || "it"}: ${message}`).join("; ");
  if (read.data && (read.data.prompt === undefined) !== (read.data.messages === undefined)) return read.data;
  throw new OrreryError("QUESTION_INVALID", `The question to a model cannot be put: ${wrong ?? "give either prompt or messages"}`, {
    todo: "See `Models` in the plugin guide.",
  });
}

export const textOf = ({ prompt, messages }: Question): string => prompt ?? messages?.at(-1)?.content ?? "";

/** Chooses a model, reserves, asks and settles, all on the plugin that asks; `id` is the reservation's. */
export async function putQuestion(plugin: string, question: Question, id: string, scope: Asked): Promise<ModelAnswer> {
  const { task, log, signal } = scope;
  const { model, why } = choose(await scope.models(), question.model, task.constraints.model);
  const origin: Origin = { run: task.run, task: task.id, step: question.step ?? "-", agent: plugin, plugin, actor: task.actor, workspace: task.workspace };
  const asked = textOf(question);
  await log.write("plugin.asked", { origin, model: model.id, why, question: asked.slice(0, 300) });
  const drafted = {
    id,
    origin,
    model: model.id,
    skill: question.skill,
    system: question.system,
    messages: question.messages ?? [{ role: "user" as const, content: asked }],
    view: { task: asked, round: 0, inputs: question.inputs, recalled: [], thread: [], feedback: [] },
    ...(question.collection ? { collection: question.collection } : {}),
    maxOutputTokens: question.maxOutputTokens,
    temperature: 0,
  };
  // Whatever rewrites it, it stays this plugin's question to this model: another one might cost money.
  const request = { ...(await scope.hooks.call("model.request", drafted, { signal })), id, origin, model: model.id };
  const { response, nano } = await reservedCall(scope, request, model, { reservation: id, spending: task.constraints.spending }, signal);
  const { text, data, usage, finish } = response;
  if (finish === "refused") throw refusal(response);
  return { text, ...(data === undefined ? {} : { data }), model: response.model, usage, costNano: nano, finish };
}

/** The model that was named; else a free one on this machine, the run's own first, one that can write before one that cannot: nothing leaves the machine unless the plugin says so. */
function choose(models: readonly ModelInfo[], named: string | undefined, preferred: string | undefined): { model: ModelInfo; why: string } {
  const free = models.filter(({ local, paid, state }) => local && !paid && state !== "needs-download" && state !== "unreachable");
  const model = named
    ? models.find(({ id }) => id === named)
    : (free.find(({ id }) => id === preferred) ?? free.find(({ kind }) => kind === "generative") ?? free[0]);
  if (model) return { model, why: named ? "the plugin named it" : "free, and on this machine" };
  throw new OrreryError(
    "MODEL_NOT_THERE",
    named
      ? `There is no model "${named.slice(0, 80)}". There are: ${models.map(({ id }) => id).join(", ") || "none"}.`
      : "No model on this machine is free to ask.",
    { todo: "See `orrery models`." },
  );
}
