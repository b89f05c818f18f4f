import type { Activation } from "./activation.ts";
import { acceptAnswer, checkAgainst, emptyResult, weigh } from "./answers.ts";
import type { Deadlines } from "./deadlines.ts";
import { isRefusal, KernelError } from "./errors.ts";
import type { CallOptions, TapCall, Tier } from "./contract.ts";
import type { Chain } from "./hooks.ts";
import type { Done } from "./interpreter.ts";
import type { Placed } from "./order.ts";
import type { Tracer } from "./tracer.ts";

/** `live`: false once its scope gave it back: a session that still lists it skips it, a guard denies. */
export interface TapEntry extends Placed {
  readonly hook: string;
  readonly owner: Activation;
  readonly fn: (input: unknown, call: TapCall) => unknown;
  live: boolean;
}

/** One call of a hook. */
export interface Call {
  readonly chain: Chain;
  readonly session: string | undefined;
  /** 0 while nobody traces. */
  readonly id: number;
  /** By the tap's place, for the kinds that keep every answer. */
  readonly answers: unknown[];
  /** Taps that have not answered; a set is made for the first that takes its time. */
  pending: Set<Attempt> | undefined;
  /** The first end counts, later ones do not. */
  ended: boolean;
  settle: ((error: unknown, value: unknown) => void) | undefined;
}

/** Which tap runs in which call, since when, and who is told that it is done. */
type TapRun = { readonly entry: TapEntry; readonly call: Call; readonly done: Done; readonly startedAt: number };

/** One tap's run, and what the tap sees as its TapCall. The signal is made when it is first looked at. A class: an object literal with a getter costs microseconds. */
export class Attempt implements TapCall {
  readonly run: TapRun;
  readonly hook: string;
  cancelDeadline: (() => void) | undefined;
  #controller: AbortController | undefined;
  #stopped: unknown;
  #claimed = false;

  constructor(run: TapRun) {
    this.run = run;
    this.hook = run.entry.hook;
  }

  get signal(): AbortSignal {
    if (this.#controller) return this.#controller.signal;
    this.#controller = new AbortController();
    this.stop(this.#stopped ?? this.run.entry.owner.scope.signal.reason);
    return this.#controller.signal;
  }

  /** True once: later answers, rejections and deadlines go nowhere. */
  claim(): boolean {
    if (this.#claimed) return false;
    this.#claimed = true;
    this.cancelDeadline?.();
    this.run.call.pending?.delete(this);
    this.run.entry.owner.pending.delete(this);
    return true;
  }

  /** Aborts the tap's signal; it may still answer. */
  stop(reason: unknown): void {
    this.#stopped = reason;
    if (reason !== undefined) this.#controller?.abort(reason);
  }
}

/** The plugin that makes a call; none is the host. */
export type Caller = { readonly id: string; readonly tier: Tier };

/** Calls hooks and runs taps: deadlines, attribution, fault policy, tracing. */
export type Invocation = ReturnType<typeof createInvocation>;

export function createInvocation(deadlines: Deadlines, tracer: Tracer, unchecked: ReadonlySet<Tier | undefined>) {
  /** Synchronous for `notify`, a promise for every other kind. `caller` is the plugin to name when the input is wrong. @throws HOOK_INPUT_INVALID */
  function invoke(chain: Chain, given: unknown, options: CallOptions = {}, session?: string, caller?: Caller): unknown {
    const { spec, entries, name: hook } = chain;
    const notify = spec.kind === "notify";
    if (entries.length === 0 && !tracer.isOn() && !options.signal?.aborted) return notify ? undefined : Promise.resolve(emptyResult(spec, given));
    const checked = unchecked.has(caller?.tier) ? { value: given } : checkAgainst(spec.input, given);
    if ("problem" in checked) throw new KernelError("HOOK_INPUT_INVALID", { hook, plugin: caller?.id, detail: checked.problem });
    const id = tracer.nextCall();
    const startedAt = tracer.now(id);
    const call: Call = { chain, session, id, answers: [], pending: undefined, ended: false, settle: undefined };
    if (notify) {
      chain.line().callAsync(checked.value, call, () => undefined);
      return tracer.record(call, undefined, startedAt, "silent");
    }
    const result = start(call, checked.value, options);
    if (id > 0) {
      const succeeded = (value: unknown): void => tracer.record(call, undefined, startedAt, value === undefined ? "silent" : "result");
      result.then(succeeded, (error: KernelError) => tracer.record(call, undefined, startedAt, "error", error.code));
    }
    return result;
  }

  function start(call: Call, input: unknown, { signal, deadlineMs }: CallOptions): Promise<unknown> {
    const { spec, entries, name: hook, line } = call.chain;
    const cancelled = (): KernelError => new KernelError("CALL_ABORTED", { hook, cause: signal?.reason });
    if (signal?.aborted) return Promise.reject(cancelled());
    if (entries.length === 0) return Promise.resolve(emptyResult(spec, input));
    const keepsAll = spec.kind === "guard" || spec.kind === "collect";
    return new Promise((resolve, reject) => {
      let cancel: (() => void) | undefined;
      let onAbort: (() => void) | undefined;
      call.settle = (error, value) => {
        cancel?.();
        if (onAbort) signal?.removeEventListener("abort", onAbort);
        if (error) reject(error);
        else resolve(value);
      };
      line().callAsync(input, call, (error, result) => end(call, error, keepsAll ? weigh(spec, call.answers) : result));
      // Most calls end at once, and are spared what follows.
      if (call.ended) return;
      const ownTime = spec.deadlineMs === "caller";
      onAbort = (): void => abort(call, cancelled(), ownTime && (signal?.reason as Error | undefined)?.name === "TimeoutError");
      signal?.addEventListener("abort", onAbort, { once: true });
      const late = (plugin: string): KernelError => new KernelError("CALL_DEADLINE", { hook, plugin, detail: `${deadlineMs} ms` });
      const names = (): string => Array.from(call.pending ?? [], (attempt) => attempt.run.entry.plugin).join(", ");
      if (deadlineMs !== undefined) cancel = deadlines.set(deadlineMs, () => abort(call, late(names()), ownTime));
    });
  }

  /** What every tapable tap is: calls `done` at most once, and never throws. */
  function run(entry: TapEntry, input: unknown, call: Call, done: Done): void {
    if (call.ended) return;
    const attempt = new Attempt({ entry, call, done, startedAt: tracer.now(call.id) });
    if (!entry.live) return refuse(attempt, new KernelError("PLUGIN_REVOKED", entry), "skipped");
    if (!entry.owner.plugin.breaker.admits()) return refuse(attempt, new KernelError("PLUGIN_SUSPENDED", entry), "skipped");
    let given: unknown;
    try {
      given = entry.fn(input, attempt);
      if (isThenable(given)) return wait(attempt, given);
    } catch (thrown) {
      return fault(attempt, thrown);
    }
    settle(attempt, given);
  }

  /** Puts the attempt where its call and its plugin can reach it, until it answers or is late. */
  function wait(attempt: Attempt, answer: PromiseLike<unknown>): void {
    const { entry, call } = attempt.run;
    const { deadlineMs } = call.chain.spec;
    const late = (): void => fault(attempt, new KernelError("TAP_DEADLINE", { plugin: entry.plugin, hook: entry.hook, detail: `${deadlineMs} ms` }));
    (call.pending ??= new Set()).add(attempt);
    entry.owner.pending.add(attempt);
    if (deadlineMs !== "caller") attempt.cancelDeadline = deadlines.set(deadlineMs, late);
    const settled = (value: unknown): void => settle(attempt, value);
    answer.then(settled, (thrown) => fault(attempt, thrown));
  }

  function settle(attempt: Attempt, given: unknown): void {
    const { entry, call, done, startedAt } = attempt.run;
    const { spec, entries } = call.chain;
    let answer: unknown;
    try {
      answer = acceptAnswer(spec, given, entry, unchecked.has(entry.owner.plugin.tier));
    } catch (thrown) {
      return fault(attempt, thrown);
    }
    if (!attempt.claim()) return;
    const { plugin, owner } = entry;
    owner.settled(true);
    tracer.record(call, plugin, startedAt, answer === undefined ? "silent" : "result");
    if (answer === undefined) return done();
    if (spec.kind === "bail") return done(undefined, { plugin, value: answer });
    if (spec.kind === "waterfall") return done(undefined, answer);
    call.answers[entries.indexOf(entry)] = spec.kind === "guard" ? { plugin, ...(answer as object) } : { plugin, ok: true, value: answer };
    done();
  }

  /** Blames the tap's plugin, unless it refused, the error is another's that merely passed through it, or the plugin was taken away under the tap. */
  function fault(attempt: Attempt, thrown: unknown): void {
    if (!attempt.claim()) return;
    const { plugin, hook, owner } = attempt.run.entry;
    const error = thrown instanceof KernelError ? thrown : new KernelError("TAP_THREW", { plugin, hook, cause: thrown });
    attempt.stop(error);
    if (error.plugin === plugin && error.code !== "PLUGIN_REVOKED" && !isRefusal(thrown)) owner.faulted(hook, error);
    else owner.settled(false);
    refuse(attempt, error, "error");
  }

  function refuse({ run: { entry, call, done, startedAt } }: Attempt, error: KernelError, outcome: "skipped" | "error"): void {
    const { plugin } = entry;
    const { spec, entries } = call.chain;
    const { code, message } = error;
    tracer.record(call, plugin, startedAt, outcome, code);
    if (spec.kind === "guard") call.answers[entries.indexOf(entry)] = { plugin, decision: "deny", reason: message };
    else if (outcome === "skipped") return done();
    else if (spec.kind === "collect") call.answers[entries.indexOf(entry)] = { plugin, ok: false, error: { code, message } };
    done(spec.fault === "fail" && spec.kind !== "collect" ? error : undefined);
  }

  return { invoke, run, fault };
}

function end(call: Call, error: unknown, value: unknown): void {
  if (call.ended) return;
  call.ended = true;
  call.settle?.(error, value);
}

/** Ends a call from outside: its taps are told to stop and not waited for. Blamed when the caller's deadline was theirs. */
function abort(call: Call, error: KernelError, blame: boolean): void {
  end(call, error, undefined);
  for (const attempt of Array.from(call.pending ?? [])) {
    attempt.claim();
    attempt.stop(error);
    const { owner, plugin, hook } = attempt.run.entry;
    if (blame) owner.faulted(hook, new KernelError("TAP_DEADLINE", { plugin, hook }));
    else owner.settled(false);
  }
}

function isThenable(answer: unknown): answer is PromiseLike<unknown> {
  return typeof answer === "object" && answer !== null && typeof (answer as { then?: unknown }).then === "function";
}
