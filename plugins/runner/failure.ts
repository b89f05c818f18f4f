import { OrreryError, type StepResult } from "@orrery/sdk";

/** An error as the journal and people get it: no stack, no path of the host. */
export interface Failure {
  code: string;
  message: string;
  plugin?: string;
  do?: string;
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

/** Reads code, message, plugin and advice off any thrown value; the innermost cause with a code of its own wins over a kernel wrapper. */
export function failureOf(thrown: unknown): Failure {
  const error = (thrown ?? {}) as { code?: unknown; message?: unknown; plugin?: unknown; todo?: unknown; cause?: unknown };
  const cause = error.cause as { code?: unknown; message?: unknown; todo?: unknown } | undefined;
  const source = error.code === "TAP_THREW" && cause && text(cause.code) && !text(cause.code)?.startsWith("ERR_") ? cause : error;
  const plugin = text(error.plugin);
  const advice = text(source.todo) ?? text(error.todo);
  return {
    code: text(source.code) ?? "UNEXPECTED",
    message: text(source.message) ?? String(thrown),
    ...(plugin ? { plugin } : {}),
    ...(advice ? { do: advice } : {}),
  };
}

/** A call the budget did not allow; ends the run as `over_budget` or, where spending was never agreed, `failed`. */
export class BudgetDenied extends OrreryError {
  readonly reasons: readonly string[];
  constructor(reasons: readonly string[]) {
    super("BUDGET_EXCEEDED", `The budget does not allow this call: ${reasons.join("; ")}`, {
      todo: "Raise it with --budget USD, or choose a cheaper model with --model.",
    });
    this.reasons = reasons;
  }
}

/** A model that declined. An engine says with `data: {code, message, do}` what it lacks; others only say no. */
export function refusal({ model, text: said, data }: Pick<StepResult, "model" | "text" | "data">): OrreryError {
  const stated = (data ?? {}) as { code?: unknown; message?: unknown; do?: unknown };
  return new OrreryError(text(stated.code) ?? "MODEL_REFUSED", text(stated.message) ?? `${model} declined to answer${said ? `: ${said.slice(0, 500)}` : "."}`, {
    todo: text(stated.do) ?? "Ask differently, or choose another model with --model.",
  });
}

/** An agent's output that the judges rejected for good. */
export class StepRejected extends OrreryError {
  constructor(agent: string, reasons: readonly string[]) {
    super("STEP_REJECTED", `The output of "${agent}" was rejected: ${reasons.join("; ")}`, {
      todo: "See the verdicts in the trace; another model or clearer criteria may help.",
    });
  }
}

/** Agents failed and the topology had nothing to show for it: the first one's failure, with the plugin that caused it. */
export class AgentsFailed extends OrreryError {
  readonly plugin: string | undefined;
  constructor(failures: readonly { agent: string; failure: Failure }[]) {
    const [first] = failures;
    super(first?.failure.code ?? "TOPOLOGY_EMPTY", failures.map(({ agent, failure }) => `${agent}: ${failure.message}`).join("; "), {
      todo: first?.failure.do ?? "See the failed steps in the trace.",
    });
    this.plugin = first?.failure.plugin;
  }
}

export class Cancelled extends OrreryError {
  constructor(reason: string) {
    super("RUN_CANCELLED", `Cancelled: ${reason}`, { todo: "Start the task again when you are ready." });
  }
}

/** A person said no. */
export class GateDenied extends OrreryError {
  readonly note: string | undefined;
  constructor(gate: string, note: string | undefined) {
    super("GATE_DENIED", `A person denied "${gate}"${note ? `: ${note}` : "."}`, { todo: "Change what was objected to, and run the task again." });
    this.note = note;
  }
}
