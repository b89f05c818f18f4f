import { acceptAnswer, checkAgainst, emptyResult, gather, weigh } from "./answers.ts";
import { Attempt, Call } from "./call.ts";
import type { Chain, RunTap } from "./chain.ts";
import type { Deadlines } from "./deadlines.ts";
import { KernelError, messageOf } from "./errors.ts";
import type { CallOptions } from "./hook-spec.ts";
import type { Done } from "./interpreter.ts";
import type { Platform } from "./kernel-types.ts";
import type { TapEntry } from "./tap-entry.ts";
import type { Tracer } from "./tracer.ts";

/** Calls hooks and runs taps: deadlines, attribution, fault policy, tracing. */
export class Invocation {
  readonly #platform: Platform;
  readonly #deadlines: Deadlines;
  readonly #tracer: Tracer;

  constructor(platform: Platform, deadlines: Deadlines, tracer: Tracer) {
    this.#platform = platform;
    this.#deadlines = deadlines;
    this.#tracer = tracer;
  }

  /** What `call` of the kernel, a session or a plugin does once it may. Synchronous for `notify`, a promise for every other kind. */
  invoke(chain: Chain, input: unknown, options?: CallOptions, session?: string): unknown {
    const { spec } = chain;
    const notify = spec.kind === "notify";
    if (chain.entries.length === 0 && !this.#tracer.on && !options?.signal?.aborted) {
      return notify ? undefined : Promise.resolve(emptyResult(spec, input));
    }
    const checked = checkAgainst(spec.input, input);
    if ("problem" in checked) {
      const refusal = new KernelError("HOOK_INPUT_INVALID", { hook: chain.name, detail: checked.problem });
      if (notify) throw refusal;
      return Promise.reject(refusal);
    }
    const call = new Call(chain.name, spec, options, this.#tracer.on ? this.#tracer.nextCall() : 0, session);
    const startedAt = this.#tracer.on ? this.#platform.clock.elapsed() : 0;
    const outcome = notify ? chain.line.call(checked.value, call) : this.#start(chain, checked.value, call);
    if (call.id > 0) this.#traceCall(call, startedAt, outcome);
    return outcome;
  }

  #start(chain: Chain, input: unknown, call: Call): Promise<unknown> {
    const { signal, deadlineMs } = call.options ?? {};
    if (signal?.aborted) return Promise.reject(aborted(call, signal));
    if (chain.entries.length === 0) return Promise.resolve(emptyResult(chain.spec, input));
    const { kind } = chain.spec;
    chain.line.callAsync(input, call, (error, result) => {
      if (error || kind === "series" || kind === "parallel") call.end(error, undefined);
      else if (kind === "guard") call.end(undefined, weigh(call.answers as never));
      else if (kind === "collect") call.end(undefined, gather(call.answers as never));
      else call.end(undefined, result);
    });
    if (call.ended) return call.error ? Promise.reject(call.error) : Promise.resolve(call.value);
    const onAbort = (): void => {
      if (!signal) return;
      const late = call.spec.deadlineMs === "caller" && (signal.reason as Error | undefined)?.name === "TimeoutError";
      call.abort(aborted(call, signal), late);
    };
    const deadline = deadlineMs === undefined ? undefined : this.#deadlines.set(deadlineMs, () => {
      const error = new KernelError("CALL_DEADLINE", { hook: call.hook, plugin: call.waitingFor, detail: `${deadlineMs} ms` });
      call.abort(error, call.spec.deadlineMs === "caller");
    });
    signal?.addEventListener("abort", onAbort, { once: true });
    return call.outcome(() => {
      deadline?.cancel();
      signal?.removeEventListener("abort", onAbort);
    });
  }

  /** The function every tapable tap is: calls `done` at most once, and never throws. */
  readonly runTap: RunTap = (entry: TapEntry, index: number, input: unknown, call: Call, done: Done): void => {
    if (call.ended) return;
    const startedAt = call.id > 0 ? this.#platform.clock.elapsed() : 0;
    const { owner, hook } = entry;
    const gate = entry.live ? owner.gate(hook) : "revoked";
    if (gate !== "open") return this.#skip(entry, index, call, done, startedAt, gate);
    const attempt = new Attempt(entry, call);
    let answer: unknown;
    let settling: PromiseLike<unknown> | undefined;
    try {
      answer = entry.fn(input, attempt);
      if (isThenable(answer)) settling = answer;
      else answer = acceptAnswer(call.spec, answer, entry.plugin, hook);
    } catch (thrown) {
      attempt.claim();
      return this.#fault(entry, index, call, done, startedAt, thrown, attempt);
    }
    if (settling) return this.#await(attempt, settling, index, call, done, startedAt);
    attempt.claim();
    owner.settled(hook, true);
    this.#answer(entry, index, call, done, startedAt, answer);
  };

  #await(attempt: Attempt, settling: PromiseLike<unknown>, index: number, call: Call, done: Done, startedAt: number): void {
    const { entry } = attempt;
    const { deadlineMs, kind } = call.spec;
    const fail = (thrown: unknown): void => {
      if (attempt.claim()) this.#fault(entry, index, call, done, startedAt, thrown, attempt);
    };
    attempt.wait();
    attempt.onRevoke = (error) => {
      if (!attempt.claim()) return;
      entry.owner.settled(entry.hook, false);
      this.#refuse(entry, index, call, done, startedAt, error);
    };
    if (typeof deadlineMs === "number") {
      attempt.deadline = this.#deadlines.set(deadlineMs, () => fail(new KernelError("TAP_DEADLINE", { plugin: entry.plugin, hook: entry.hook, detail: `${deadlineMs} ms` })));
    }
    const succeed = (answer: unknown): void => {
      let accepted: unknown;
      try {
        accepted = kind === "notify" ? undefined : acceptAnswer(call.spec, answer, entry.plugin, entry.hook);
      } catch (thrown) {
        return fail(thrown);
      }
      if (!attempt.claim()) return;
      entry.owner.settled(entry.hook, true);
      this.#answer(entry, index, call, done, startedAt, accepted);
    };
    try {
      settling.then(succeed, fail);
    } catch (thrown) {
      fail(thrown);
    }
  }

  #answer(entry: TapEntry, index: number, call: Call, done: Done, startedAt: number, answer: unknown): void {
    if (call.id > 0) this.#traceTap(entry, call, startedAt, answer === undefined ? "silent" : "result");
    if (answer === undefined) return done();
    const { kind } = call.spec;
    const { plugin } = entry;
    if (kind === "guard") {
      const { decision, reason = "" } = answer as { decision: string; reason?: string };
      call.answers[index] = { plugin, decision, reason };
      done();
    } else if (kind === "collect") {
      call.answers[index] = { plugin, ok: true, value: answer };
      done();
    } else done(undefined, kind === "bail" ? { plugin, value: answer } : answer);
  }

  /** Blames the tap's plugin, unless the error is another's that merely passed through it. */
  #fault(entry: TapEntry, index: number, call: Call, done: Done, startedAt: number, thrown: unknown, attempt: Attempt): void {
    const { plugin, hook, owner } = entry;
    const foreign = thrown instanceof KernelError && thrown.plugin !== plugin;
    const error = thrown instanceof KernelError ? thrown : new KernelError("TAP_THREW", { plugin, hook, cause: thrown });
    attempt.stop(error);
    if (foreign) owner.settled(hook, false);
    else owner.faulted(hook, error);
    this.#refuse(entry, index, call, done, startedAt, error);
  }

  #refuse(entry: TapEntry, index: number, call: Call, done: Done, startedAt: number, error: KernelError): void {
    if (call.id > 0) this.#traceTap(entry, call, startedAt, "error", error.code);
    const { plugin } = entry;
    const { kind, fault } = call.spec;
    if (kind === "guard") call.answers[index] = { plugin, decision: "deny", reason: error.message };
    else if (kind === "collect") call.answers[index] = { plugin, ok: false, error: { code: error.code, message: error.message } };
    else if (fault === "fail") return done(error);
    done();
  }

  #skip(entry: TapEntry, index: number, call: Call, done: Done, startedAt: number, gate: "suspended" | "revoked"): void {
    const code = gate === "suspended" ? "PLUGIN_SUSPENDED" : "PLUGIN_REVOKED";
    if (call.id > 0) this.#traceTap(entry, call, startedAt, "skipped", code);
    if (call.spec.kind === "guard") call.answers[index] = { plugin: entry.plugin, decision: "deny", reason: new KernelError(code, { plugin: entry.plugin, hook: entry.hook }).message };
    done();
  }

  #traceTap(entry: TapEntry, call: Call, startedAt: number, outcome: "result" | "silent" | "error" | "skipped", code?: string): void {
    const durationMs = this.#platform.clock.elapsed() - startedAt;
    this.#tracer.record({ call: call.id, session: call.session, hook: call.hook, plugin: entry.plugin, startedAt, durationMs, outcome, ...(code ? { code } : {}) });
  }

  #traceCall(call: Call, startedAt: number, outcome: unknown): void {
    const record = (how: "result" | "silent" | "error", code?: string): void => {
      const durationMs = this.#platform.clock.elapsed() - startedAt;
      this.#tracer.record({ call: call.id, session: call.session, hook: call.hook, plugin: undefined, startedAt, durationMs, outcome: how, ...(code ? { code } : {}) });
    };
    if (!(outcome instanceof Promise)) return record("silent");
    outcome.then(
      (value) => record(value === undefined ? "silent" : "result"),
      (error: unknown) => record("error", error instanceof KernelError ? error.code : messageOf(error)),
    );
  }
}

function isThenable(answer: unknown): answer is PromiseLike<unknown> {
  return typeof answer === "object" && answer !== null && typeof (answer as { then?: unknown }).then === "function";
}

function aborted(call: Call, signal: AbortSignal): KernelError {
  return new KernelError("CALL_ABORTED", { hook: call.hook, cause: signal.reason });
}
