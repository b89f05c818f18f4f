import { acceptAnswer, checkAgainst, emptyResult, weigh } from "./answers.ts";
import { Attempt, type Call, end, type TapEntry } from "./call.ts";
import type { Chain } from "./chain.ts";
import type { Deadlines } from "./deadlines.ts";
import { KernelError } from "./errors.ts";
import type { CallOptions } from "./hook-spec.ts";
import type { Done } from "./interpreter.ts";
import type { HookTrace, Platform } from "./kernel-types.ts";
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

  /** Synchronous for `notify`, a promise for every other kind. `caller` is the plugin to name when the input is wrong. */
  invoke(chain: Chain, given: unknown, options: CallOptions | undefined, session: string | undefined, caller: string | undefined): unknown {
    const { spec, name: hook } = chain;
    const notify = spec.kind === "notify";
    if (chain.entries.length === 0 && !this.#tracer.on && !options?.signal?.aborted) return notify ? undefined : Promise.resolve(emptyResult(spec, given));
    const checked = checkAgainst(spec.input, given);
    if ("problem" in checked) {
      const refusal = new KernelError("HOOK_INPUT_INVALID", { hook, plugin: caller, detail: checked.problem });
      if (notify) throw refusal;
      return Promise.reject(refusal);
    }
    const id = this.#tracer.on ? this.#tracer.nextCall() : 0;
    const call: Call = { hook, spec, session, id, answers: [], pending: new Set(), ended: false, error: undefined, value: undefined, settle: undefined };
    const startedAt = id > 0 ? this.#platform.clock.elapsed() : 0;
    const outcome = notify ? chain.line.call(checked.value, call) : this.#start(chain, checked.value, call, options);
    if (id > 0) this.#traceCall(call, startedAt, outcome);
    return outcome;
  }

  #start(chain: Chain, input: unknown, call: Call, options: CallOptions = {}): Promise<unknown> {
    const { signal, deadlineMs } = options;
    const { spec, hook } = call;
    const cancelled = (): KernelError => new KernelError("CALL_ABORTED", { hook, cause: signal?.reason });
    if (signal?.aborted) return Promise.reject(cancelled());
    if (chain.entries.length === 0) return Promise.resolve(emptyResult(spec, input));
    const keepsAll = spec.kind === "guard" || spec.kind === "collect";
    chain.line.callAsync(input, call, (error, result) => end(call, error, keepsAll ? weigh(spec, call.answers) : result));
    if (call.ended) return call.error ? Promise.reject(call.error) : Promise.resolve(call.value);
    const callerLimits = spec.deadlineMs === "caller";
    const onAbort = (): void => this.#abort(call, cancelled(), callerLimits && (signal?.reason as Error | undefined)?.name === "TimeoutError");
    const onLate = (): void => {
      const plugin = Array.from(call.pending, (attempt) => attempt.entry.plugin).join(", ");
      this.#abort(call, new KernelError("CALL_DEADLINE", { hook, plugin, detail: `${deadlineMs} ms` }), callerLimits);
    };
    return new Promise((resolve, reject) => {
      signal?.addEventListener("abort", onAbort, { once: true });
      const cancel = deadlineMs === undefined ? undefined : this.#deadlines.set(deadlineMs, onLate);
      call.settle = () => {
        cancel?.();
        signal?.removeEventListener("abort", onAbort);
        if (call.error) reject(call.error);
        else resolve(call.value);
      };
    });
  }

  /** Ends a call from outside: its taps are told to stop and not waited for. Blamed when the caller's deadline was theirs. */
  #abort(call: Call, error: KernelError, blame: boolean): void {
    if (call.ended) return;
    end(call, error, undefined);
    for (const attempt of Array.from(call.pending)) {
      attempt.claim();
      attempt.stop(error);
      const { owner, plugin, hook } = attempt.entry;
      if (blame) owner.faulted(hook, new KernelError("TAP_DEADLINE", { plugin, hook }));
      else owner.settled(false);
    }
  }

  /** What every tapable tap is: calls `done` at most once, and never throws. */
  run(entry: TapEntry, index: number, input: unknown, call: Call, done: Done): void {
    if (call.ended) return;
    const attempt = new Attempt(entry, index, call, done, call.id > 0 ? this.#platform.clock.elapsed() : 0);
    if (!entry.live) return this.#refuse(attempt, new KernelError("PLUGIN_REVOKED", entry), true);
    if (!entry.owner.admits()) return this.#refuse(attempt, new KernelError("PLUGIN_SUSPENDED", entry), true);
    let answer: unknown;
    try {
      answer = entry.fn(input, attempt);
      if (isThenable(answer)) return this.#wait(attempt, answer);
      answer = acceptAnswer(call.spec, answer, entry);
    } catch (thrown) {
      return this.#fault(attempt, thrown);
    }
    this.#answer(attempt, answer);
  }

  #wait(attempt: Attempt, answer: PromiseLike<unknown>): void {
    const { entry, call } = attempt;
    const { deadlineMs } = call.spec;
    attempt.wait();
    if (typeof deadlineMs === "number") {
      attempt.cancelDeadline = this.#deadlines.set(deadlineMs, () =>
        this.#fault(attempt, new KernelError("TAP_DEADLINE", { plugin: entry.plugin, hook: entry.hook, detail: `${deadlineMs} ms` })),
      );
    }
    const fail = (thrown: unknown): void => this.#fault(attempt, thrown);
    const succeed = (value: unknown): void => {
      let accepted: unknown;
      try {
        accepted = acceptAnswer(call.spec, value, entry);
      } catch (thrown) {
        return fail(thrown);
      }
      this.#answer(attempt, accepted);
    };
    try {
      answer.then(succeed, fail);
    } catch (thrown) {
      fail(thrown);
    }
  }

  /** Settles a run whose plugin is taken away under it. */
  revoke(attempt: Attempt, error: KernelError): void {
    if (!attempt.claim()) return;
    attempt.stop(error);
    this.#refuse(attempt, error, false);
  }

  #answer(attempt: Attempt, answer: unknown): void {
    if (!attempt.claim()) return;
    const { entry, call, index, done } = attempt;
    const { plugin } = entry;
    entry.owner.settled(true);
    if (call.id > 0) this.#trace(call, plugin, attempt.startedAt, answer === undefined ? "silent" : "result");
    if (answer === undefined) return done();
    const { kind } = call.spec;
    if (kind === "bail") return done(undefined, { plugin, value: answer });
    if (kind === "waterfall") return done(undefined, answer);
    call.answers[index] = kind === "guard" ? { plugin, ...(answer as object) } : { plugin, ok: true, value: answer };
    done();
  }

  /** Blames the tap's plugin, unless the error is another's that merely passed through it. */
  #fault(attempt: Attempt, thrown: unknown): void {
    if (!attempt.claim()) return;
    const { plugin, hook, owner } = attempt.entry;
    const error = thrown instanceof KernelError ? thrown : new KernelError("TAP_THREW", { plugin, hook, cause: thrown });
    attempt.stop(error);
    if (error.plugin === plugin) owner.faulted(hook, error);
    else owner.settled(false);
    this.#refuse(attempt, error, false);
  }

  #refuse({ entry, call, index, done, startedAt }: Attempt, error: KernelError, skipped: boolean): void {
    const { plugin } = entry;
    if (call.id > 0) this.#trace(call, plugin, startedAt, skipped ? "skipped" : "error", error.code);
    const { kind, fault } = call.spec;
    if (kind === "guard") call.answers[index] = { plugin, decision: "deny", reason: error.message };
    else if (kind === "collect" && !skipped) call.answers[index] = { plugin, ok: false, error: { code: error.code, message: error.message } };
    else if (fault === "fail" && !skipped) return done(error);
    done();
  }

  #traceCall(call: Call, startedAt: number, outcome: unknown): void {
    if (!(outcome instanceof Promise)) return this.#trace(call, undefined, startedAt, "silent");
    outcome.then(
      (value) => this.#trace(call, undefined, startedAt, value === undefined ? "silent" : "result"),
      (error: KernelError) => this.#trace(call, undefined, startedAt, "error", error.code),
    );
  }

  #trace({ id, hook, session }: Call, plugin: string | undefined, startedAt: number, outcome: HookTrace["outcome"], code?: string): void {
    this.#tracer.record({
      call: id,
      session,
      hook,
      plugin,
      startedAt,
      durationMs: this.#platform.clock.elapsed() - startedAt,
      outcome,
      ...(code ? { code } : {}),
    });
  }
}

function isThenable(answer: unknown): answer is PromiseLike<unknown> {
  return typeof answer === "object" && answer !== null && typeof (answer as { then?: unknown }).then === "function";
}
