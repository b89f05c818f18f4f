import { Validator, type Schema } from "@cfworker/json-schema";
import {
  canonicalJson,
  type Json,
  type Message,
  type Origin,
  OrreryError,
  type Step,
  type ToolCall,
  type ToolRequest,
  type ToolResult,
  type ToolSpec,
} from "@orrery/sdk";
import { Cancelled, failureOf, GateDenied } from "../failure.ts";
import type { PastToolCall } from "../past.ts";
import type { RunScope } from "../run-scope.ts";

/** Characters of a result that a model is shown, and that are kept. */
const longest = 20_000;

/** One step's tools: every call is checked, guarded, reserved, journalled, and cut off when it takes too long. */
export class ToolBelt {
  readonly #scope: RunScope;
  readonly #step: Step;
  readonly #origin: Origin;
  readonly #tools: ReadonlyMap<string, ToolSpec>;
  readonly #signal: AbortSignal;
  /** How often a call with this tool and input was asked for: the same call twice is two calls. */
  readonly #asked = new Map<string, number>();
  /** What an earlier try of this very step did, when the run was taken up again. */
  readonly #earlier: ReadonlyMap<string, PastToolCall>;
  #calls = 0;

  constructor(scope: RunScope, step: Step, origin: Origin, tools: readonly ToolSpec[], signal: AbortSignal) {
    this.#scope = scope;
    this.#step = step;
    this.#origin = origin;
    this.#tools = new Map(tools.map((tool) => [tool.name, tool]));
    this.#signal = signal;
    this.#earlier = scope.past.steps.get(step.path)?.attempts[step.attempt - 1]?.tools ?? new Map();
  }

  /** What came of a call, as the model is told it. Throws when the run is cancelled, and TOOL_UNFINISHED. */
  async perform(request: ToolRequest, round: number): Promise<Message> {
    const { tool, input } = request;
    const spec = this.#tools.get(tool);
    const { path, attempt, agent } = this.#step;
    const call = this.#callOf(request, spec);
    const at = { path, agent: agent.id, attempt, call: call.id, tool, round };
    const earlier = this.#earlier.get(call.id);
    if (earlier?.result) {
      this.#calls += 1;
      return told(request, earlier.result);
    }

    const refusal = spec ? wrongWith(spec, input) : `there is no tool "${tool}" for you; there are: ${[...this.#tools.keys()].join(", ")}`;
    if (!spec || refusal) {
      await this.#scope.log.write("tool.denied", { ...at, input, reasons: [refusal ?? ""] });
      return told(request, failed(spec ? "TOOL_INPUT" : "TOOL_UNKNOWN", refusal ?? ""));
    }
    // It was begun, nobody knows whether it was done, and doing it again is not the same as having done it once.
    if (earlier && !spec.idempotent) throw unfinished(tool, call.id);
    this.#calls += 1;
    const reasons = this.#calls > this.#scope.limits.toolCalls ? [`a step may call tools ${this.#scope.limits.toolCalls} times`] : await this.#objections(call);
    if (reasons.length > 0) {
      await this.#scope.log.write("tool.denied", { ...at, input, reasons });
      return told(request, failed("TOOL_DENIED", reasons.join("; ")));
    }
    return told(request, await this.#run(call, spec, at));
  }

  #callOf({ tool, input }: ToolRequest, spec: ToolSpec | undefined): ToolCall {
    const { key, agent, collection, localOnly } = this.#step;
    const text = canonicalJson([tool, input]);
    const nth = (this.#asked.get(text) ?? 0) + 1;
    this.#asked.set(text, nth);
    return {
      id: `${key}:tool:${hashOf(text)}:${nth}`,
      origin: this.#origin,
      tool,
      input,
      named: agent.tools,
      effects: spec?.effects ?? [],
      ...(collection ? { collection } : {}),
      localOnly,
    };
  }

  /** Why the call may not be made; empty when somebody allows it and nobody objects. */
  async #objections(call: ToolCall): Promise<string[]> {
    const { hooks, services } = this.#scope;
    const guarded = await hooks.call("tool.guard", call, { signal: this.#signal });
    const said = guarded.reasons.filter(({ decision }) => decision !== "allow").map(({ plugin, reason }) => `${reason} (${plugin})`);
    if (guarded.decision === "deny") return said;
    if (guarded.decision === "ask") {
      const denied = await this.#ask(call, said);
      if (denied !== undefined) return [denied];
    } else if (!guarded.reasons.some(({ decision }) => decision === "allow")) return ["no policy allows it"];
    const reservation = this.#reservation(call);
    const estimate = { reservation, origin: this.#origin, kind: "tool" as const, model: call.tool, paid: false, inputTokens: 0, outputTokens: 0 };
    const reserved = await hooks.call("budget.reserve", { ...estimate, spending: this.#step.spending }, { signal: this.#signal });
    if (reserved.decision === "allow") return [];
    await services.ledger?.release(reservation);
    return reserved.reasons.filter(({ decision }) => decision !== "allow").map(({ plugin, reason }) => `${reason} (${plugin})`);
  }

  /** Opens a gate for this very call and waits for a person; what was said where it was a no. Another input is another gate. */
  async #ask({ id, tool, input }: ToolCall, reasons: string[]): Promise<string | undefined> {
    const { path, key, agent } = this.#step;
    const shown = JSON.stringify(input).slice(0, 2_000);
    const ask = `May ${agent.id} call ${tool} with ${shown}? ${reasons.join("; ")}`;
    try {
      await this.#scope.control.ask(this.#scope.log, { id: `tool:${tool}:${id.slice(key.length + 6)}`, ask, path, agent: agent.id }, this.#signal);
      return undefined;
    } catch (thrown) {
      if (thrown instanceof GateDenied) return thrown.message;
      throw thrown;
    }
  }

  /** A call made again in another life of the run is reserved anew. */
  #reservation({ id }: ToolCall): string {
    return `${id}@${this.#scope.epoch}`;
  }

  async #run(
    call: ToolCall,
    spec: ToolSpec,
    at: { path: string; agent: string; attempt: number; call: string; tool: string; round: number },
  ): Promise<ToolResult> {
    const { hooks, log, clock, services, limits } = this.#scope;
    const written = log.write("tool.called", { ...at, input: call.input, effects: spec.effects });
    // What changes something outside is on record before it happens.
    if (spec.effects.length > 0) await written;
    const started = clock.elapsed();
    let result: ToolResult;
    try {
      const answered = await hooks.call("tool.call", call, { signal: this.#signal, deadlineMs: limits.toolDeadlineMs });
      result = answered ? shortened(answered.value) : failed("TOOL_UNANSWERED", `no plugin answers for "${call.tool}"`);
    } catch (thrown) {
      if (this.#signal.aborted) throw new Cancelled(`while the tool "${call.tool}" was at work`);
      const { code, message } = failureOf(thrown);
      result =
        code === "CALL_DEADLINE" || code === "TAP_DEADLINE"
          ? failed("TOOL_TIMEOUT", `"${call.tool}" did not answer within ${limits.toolDeadlineMs} ms`)
          : failed(code, message);
    } finally {
      await services.ledger?.release(this.#reservation(call));
    }
    const { files = [], ...said } = result;
    for (const file of files) void log.write("artifact.made", { ...file, from: at.path });
    await log.write("tool.finished", { ...at, ...said, ms: clock.elapsed() - started });
    return result;
  }
}

const failed = (code: string, message: string): ToolResult => ({ ok: false, output: { code, message } });

const unfinished = (tool: string, call: string): OrreryError =>
  new OrreryError("TOOL_UNFINISHED", `A call of "${tool}" was begun before the run broke off, and nobody knows whether it was done (${call}).`, {
    todo: "Look whether it was done, then decide whether the step may do it again.",
  });

const told = ({ id, tool }: ToolRequest, { ok, output }: ToolResult): Message => ({
  role: "tool",
  content: typeof output === "string" ? output : JSON.stringify(output),
  call: { id, tool, ok },
});

function wrongWith({ input: schema }: ToolSpec, input: Json): string | undefined {
  const { valid, errors } = new Validator(schema as Schema, "2020-12", false).validate(input);
  return valid
    ? undefined
    : errors
        .slice(0, 5)
        .map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`)
        .join("; ");
}

/** A result as long as a model is shown: text is cut, anything else becomes text and is cut. */
function shortened(result: ToolResult): ToolResult {
  const text = typeof result.output === "string" ? result.output : JSON.stringify(result.output);
  if (text.length <= longest) return result;
  return { ...result, output: `${text.slice(0, longest)}\n[cut after ${longest} of ${text.length} characters]` };
}

/** FNV-1a, forwards and backwards: names a call within its step. */
function hashOf(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (let i = 0; i < text.length; i++) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ text.charCodeAt(text.length - 1 - i), 0x01000193);
  }
  return (a >>> 0).toString(36) + (b >>> 0).toString(36);
}
