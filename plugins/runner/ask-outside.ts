import type { ModelAnswer, Task } from "@orrery/sdk";
import { failureOf } from "./failure.ts";
import { type Asked, putQuestion, type Question, textOf } from "./put-question.ts";

/** What a question outside any run is journalled as: a run of one call, on the plugin that asks. No topology has the name "none": nobody takes it for a team's task. */
export function taskOfQuestion(plugin: string, ids: Pick<Task, "id" | "run" | "createdAt">, question: Question, dayNano: number): Task {
  return {
    ...ids,
    thread: `plugin:${plugin}`,
    text: `${plugin} asks: ${textOf(question).slice(0, 300)}`,
    documents: [],
    criteria: [],
    constraints: { topology: "none", spending: { allowed: dayNano > 0, capNano: dayNano, why: `what ${plugin} may spend a day` } },
    actor: plugin,
    workspace: "plugins",
  };
}

/** Puts one question and writes its run from the submission to the end. */
export async function askOutside(plugin: string, question: Question, scope: Asked & { readonly task: Task }): Promise<ModelAnswer> {
  const { log, clock, task } = scope;
  const started = clock.elapsed();
  const end = { observedCalls: 1, failures: [] };
  void log.write("run.submitted", { task });
  try {
    const answer = await putQuestion(plugin, question, `${task.run}:question`, scope);
    await log.write("run.finished", { ...end, status: "accepted", output: answer.text, reasons: [], durationMs: clock.elapsed() - started });
    return answer;
  } catch (thrown) {
    const error = failureOf(thrown);
    const status = error.code === "BUDGET_EXCEEDED" ? "over_budget" : error.code === "RUN_CANCELLED" ? "cancelled" : "failed";
    await log.write("run.finished", { ...end, status, output: "", reasons: [error.message], error, durationMs: clock.elapsed() - started });
    throw thrown;
  }
}
