import { acceptAnswer, checkAgainst, emptyResult, weigh } from "./answers.ts";
import { Attempt, type Call, type TapEntry } from "./call.ts";
import type { Chain } from "./chain.ts";
import type { Deadlines } from "./deadlines.ts";
import { isRefusal, KernelError } from "./errors.ts";
import type { CallOptions } from "./hook-spec.ts";
import type { Done } from "./interpreter.ts";
import type { Tracer } from "./tracer.ts";

/** Calls hooks and runs taps: deadlines, attribution, fault policy, tracing. */
export type Invocation = ReturnType<typeof createInvocation>;

export function createInvocation(deadlines: Deadlines, tracer: Tracer) {
  /** Synchronous for `notify`, a promise for every other kind. `caller` is the plugin to name when the input is wrong. */
  function invoke(chain: Chain, given: unknown, options: CallOptions = {}, session?: string, caller?: string): unknown {
    const { spec, name: hook } = chain;
    const notify = spec.kind === "notify";
    if (chain.entries.length === 0 && !tracer.isOn() && !options.signal?.aborted) return notify ? undefined : Promise.resolve(emptyResult(spec, given));
    const checked = checkAgainst(spec.input, given);
    if ("problem" in checked) {
      const refusal = new KernelError("HOOK_INPUT_INVALID", { hook, plugin: caller, detail: checked.problem });
      if (notify) throw refusal;
      return Promise.reject(refusal);
    }
    const id = tracer.nextCall();
    const startedAt = tracer.now(id);
    const call: Call = { hook, spec, session, id, answers: [], pending: new Set(), outcome: undefined, settle: undefined };
    if (notify) {
      chain.line().call(checked.value, call);
      return tracer.record(call, undefined, startedAt, "silent");
    }
    const result = start(chain, checked.value, call, options);
    if (id > 0) {
      const succeeded = (value: unknown): void => tracer.record(call, undefined, startedAt, value === undefined ? "silent" : "result");
      result.then(succeeded, (error: KernelError) => tracer.record(call, undefined, startedAt, "error", error.code));
    }
    return result;
  }

  function start(chain: Chain, input: unknown, call: Call, { signal, deadlineMs }: CallOptions): Promise<unknown> {
    const { spec, hook } = call;
    const cancelled = (): KernelError => new KernelError("CALL_ABORTED", { hook, cause: signal?.reason });
    if (signal?.aborted) return Promise.reject(cancelled());
    if (chain.entries.length === 0) return Promise.resolve(emptyResult(spec, input));
    const keepsAll = spec.kind === "guard" || spec.kind === "collect";
    chain.line().callAsync(input, call, (error, result) => end(call, error, keepsAll ? weigh(spec, call.answers) : result));
    if (call.outcome) return call.outcome.error ? Promise.reject(call.outcome.error) : Promise.resolve(call.outcome.value);
    const ownTime = spec.deadlineMs === "caller";
    const onAbort = (): void => abort(call, cancelled(), ownTime && (signal?.reason as Error | undefined)?.name === "TimeoutError");
    const onLate = (): void => {
      const plugin = Array.from(call.pending, (attempt) => attempt.entry.plugin).join(", ");
      abort(call, new KernelError("CALL_DEADLINE", { hook, plugin, detail: `${deadlineMs} ms` }), ownTime);
    };
    return new Promise((resolve, reject) => {
      signal?.addEventListener("abort", onAbort, { once: true });
      const cancel = deadlineMs === undefined ? undefined : deadlines.set(deadlineMs, onLate);
      call.settle = () => {
        cancel?.();
        signal?.removeEventListener("abort", onAbort);
        if (call.outcome?.error) reject(call.outcome.error);
        else resolve(call.outcome?.value);
      };
    });
  }

  /** What every tapable tap is: calls `done` at most once, and never throws. */
  function run(entry: TapEntry, index: number, input: unknown, call: Call, done: Done): void {
    if (call.outcome) return;
    const attempt = new Attempt(entry, index, call, done, tracer.now(call.id));
    if (!entry.live) return refuse(attempt, new KernelError("PLUGIN_REVOKED", entry), "skipped");
    if (!entry.owner.admits()) return refuse(attempt, new KernelError("PLUGIN_SUSPENDED", entry), "skipped");
    let given: unknown;
    try {
      given = entry.fn(input, attempt);
      if (isThenable(given)) return wait(attempt, given);
    } catch (thrown) {
      return fault(attempt, thrown);
    }
    settle(attempt, given);
  }

  function wait(attempt: Attempt, answer: PromiseLike<unknown>): void {
    const { plugin, hook } = attempt.entry;
    const { deadlineMs } = attempt.call.spec;
    const late = (): void => fault(attempt, new KernelError("TAP_DEADLINE", { plugin, hook, detail: `${deadlineMs} ms` }));
    attempt.wait();
    if (deadlineMs !== "caller") attempt.cancelDeadline = deadlines.set(deadlineMs, late);
    answer.then(
      (value) => settle(attempt, value),
      (thrown) => fault(attempt, thrown),
    );
  }

  function settle(attempt: Attempt, given: unknown): void {
    const { entry, call, index, done, startedAt } = attempt;
    let answer: unknown;
    try {
      answer = acceptAnswer(call.spec, given, entry);
    } catch (thrown) {
      return fault(attempt, thrown);
    }
    const { plugin, owner } = entry;
    if (!attempt.claim()) return;
    owner.settled(true);
    tracer.record(call, plugin, startedAt, answer === undefined ? "silent" : "result");
    if (answer === undefined) return done();
    const { kind } = call.spec;
    if (kind === "bail") return done(undefined, { plugin, value: answer });
    if (kind === "waterfall") return done(undefined, answer);
    call.answers[index] = kind === "guard" ? { plugin, ...(answer as object) } : { plugin, ok: true, value: answer };
    done();
  }

  /** Blames the tap's plugin, unless it refused, the error is another's that merely passed through it, or the plugin was taken away under the tap. */
  function fault(attempt: Attempt, thrown: unknown): void {
    if (!attempt.claim()) return;
    const { plugin, hook, owner } = attempt.entry;
    const error = thrown instanceof KernelError ? thrown : new KernelError("TAP_THREW", { plugin, hook, cause: thrown });
    attempt.stop(error);
    if (error.plugin === plugin && error.code !== "PLUGIN_REVOKED" && !isRefusal(thrown)) owner.faulted(hook, error);
    else owner.settled(false);
    refuse(attempt, error, "error");
  }

  function refuse({ entry, call, index, done, startedAt }: Attempt, error: KernelError, outcome: "skipped" | "error"): void {
    const { plugin } = entry;
    const { kind, fault } = call.spec;
    tracer.record(call, plugin, startedAt, outcome, error.code);
    if (kind === "guard") call.answers[index] = { plugin, decision: "deny", reason: error.message };
    else if (outcome === "skipped") return done();
    else if (kind === "collect") call.answers[index] = { plugin, ok: false, error: { code: error.code, message: error.message } };
    done(fault === "fail" && kind !== "collect" ? error : undefined);
  }

  return { invoke, run, fault };
}

function end(call: Call, error: unknown, value: unknown): void {
  call.outcome ??= { error, value };
  call.settle?.();
}

/** Ends a call from outside: its taps are told to stop and not waited for. Blamed when the caller's deadline was theirs. */
function abort(call: Call, error: KernelError, blame: boolean): void {
  end(call, error, undefined);
  for (const attempt of Array.from(call.pending)) {
    attempt.claim();
    attempt.stop(error);
    const { owner, plugin, hook } = attempt.entry;
    if (blame) owner.faulted(hook, new KernelError("TAP_DEADLINE", { plugin, hook }));
    else owner.settled(false);
  }
}

function isThenable(answer: unknown): answer is PromiseLike<unknown> {
  return typeof answer === "object" && answer !== null && typeof (answer as { then?: unknown }).then === "function";
}
