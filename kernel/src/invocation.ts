import type { Activation } from "./activation.ts";
import { acceptAnswer, checkAgainst, emptyResult, weigh } from "./answers.ts";
import type { Deadlines } from "./deadlines.ts";
import { isRefusal, KernelError } from "./errors.ts";
import type { CallOptions, Clock, HookTally, TapCall, Tier } from "./contract.ts";
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

/** Who makes a call: a plugin, or the host where none is named; and in which session, which keeps count of it. */
export type Origin = { readonly owner?: Activation | undefined; readonly session?: string; readonly tally?: Map<string, HookTally> };

/** One call of a hook. */
export interface Call {
  readonly chain: Chain;
  readonly origin: Origin;
  /** 0 while nobody traces. */
  readonly id: number;
  /** 0 while nobody traces and no session counts. */
  readonly startedAt: number;
  /** By the tap's place, for the kinds that keep every answer. */
  readonly answers: unknown[];
  /** Taps that have not answered; a set is made for the first that takes its time. */
  pending: Set<Attempt> | undefined;
  /** The first end counts, later ones do not. */
  ended: { readonly error: unknown; readonly value: unknown } | undefined;
  /** Told of the end of a call that was waited for. */
  settle: ((error: unknown, value: unknown) => void) | undefined;
}

/** One tap's run in a call, and what the tap sees as its TapCall. The signal is made when it is first looked at. A class: an object literal with a getter costs microseconds. */
export class Attempt implements TapCall {
  readonly entry: TapEntry;
  readonly call: Call;
  readonly done: Done;
  readonly startedAt: number;
  readonly hook: string;
  cancelDeadline: (() => void) | undefined;
  #controller: AbortController | undefined;
  #stopped: unknown;
  #claimed = false;

  constructor(entry: TapEntry, call: Call, done: Done, startedAt: number) {
    this.entry = entry;
    this.call = call;
    this.done = done;
    this.startedAt = startedAt;
    this.hook = entry.hook;
  }

  get signal(): AbortSignal {
    if (this.#controller) return this.#controller.signal;
    this.#controller = new AbortController();
    this.stop(this.#stopped ?? this.entry.owner.scope.signal.reason);
    return this.#controller.signal;
  }

  /** True once: later answers, rejections and deadlines go nowhere. */
  claim(): boolean {
    if (this.#claimed) return false;
    this.#claimed = true;
    this.cancelDeadline?.();
    this.call.pending?.delete(this);
    this.entry.owner.pending.delete(this);
    return true;
  }

  /** Aborts the tap's signal; it may still answer. */
  stop(reason: unknown): void {
    this.#stopped = reason;
    if (reason !== undefined) this.#controller?.abort(reason);
  }
}

/** Calls hooks and runs taps: deadlines, attribution, fault policy, tracing. */
export type Invocation = ReturnType<typeof createInvocation>;

export function createInvocation(clock: Clock, deadlines: Deadlines, tracer: Tracer, maxCalls: number, unchecked: ReadonlySet<Tier | undefined>) {
  /** Synchronous for `notify`, a promise for every other kind. @throws HOOK_INPUT_INVALID, CALL_FLOOD */
  function invoke(chain: Chain, given: unknown, options: CallOptions = {}, origin: Origin = {}): unknown {
    const { spec, entries, name: hook } = chain;
    const { owner, tally } = origin;
    if (owner && owner.callsInFlight >= maxCalls) throw new KernelError("CALL_FLOOD", { plugin: owner.plugin.id, detail: `${maxCalls} at once` });
    const id = tracer.nextCall();
    if (entries.length === 0 && id === 0 && !options.signal?.aborted) {
      if (tally) count(tally, hook, 0, 0);
      return spec.kind === "notify" ? undefined : Promise.resolve(emptyResult(spec, given));
    }
    const checked = unchecked.has(owner?.plugin.tier) ? { value: given } : checkAgainst(spec.input, given);
    if ("problem" in checked) throw new KernelError("HOOK_INPUT_INVALID", { hook, plugin: owner?.plugin.id, detail: checked.problem });
    const startedAt = id > 0 || tally ? clock.elapsed() : 0;
    const call: Call = { chain, origin, id, startedAt, answers: [], pending: undefined, ended: undefined, settle: undefined };
    if (spec.kind !== "notify") return start(call, checked.value, options);
    chain.line().callAsync(checked.value, call, () => end(call, undefined, undefined));
    return undefined;
  }

  function start(call: Call, input: unknown, { signal, deadlineMs }: CallOptions): Promise<unknown> {
    const { spec, entries, name: hook, line } = call.chain;
    const cancelled = (): KernelError => new KernelError("CALL_ABORTED", { hook, cause: signal?.reason });
    const keepsAll = spec.kind === "guard" || spec.kind === "collect";
    if (signal?.aborted) end(call, cancelled(), undefined);
    else if (entries.length === 0) end(call, undefined, emptyResult(spec, input));
    else line().callAsync(input, call, (error, result) => end(call, error, keepsAll ? weigh(spec, call.answers) : result));
    // Most calls end at once, and are spared what follows.
    if (call.ended) return call.ended.error ? Promise.reject(call.ended.error) : Promise.resolve(call.ended.value);
    const { owner } = call.origin;
    if (owner) owner.callsInFlight++;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => abort(call, cancelled(), (signal?.reason as Error | undefined)?.name === "TimeoutError");
      signal?.addEventListener("abort", onAbort, { once: true });
      const names = (): string => Array.from(call.pending ?? [], ({ entry }) => entry.plugin).join(", ");
      const late = (): KernelError => new KernelError("CALL_DEADLINE", { hook, plugin: names(), detail: `${deadlineMs} ms` });
      const cancel = deadlineMs === undefined ? undefined : deadlines.set(deadlineMs, () => abort(call, late(), true));
      call.settle = (error, value) => {
        cancel?.();
        signal?.removeEventListener("abort", onAbort);
        if (owner) owner.callsInFlight--;
        return error ? reject(error) : resolve(value);
      };
    });
  }

  function end(call: Call, error: unknown, value: unknown): void {
    if (call.ended) return;
    call.ended = { error, value };
    const { chain, origin, startedAt } = call;
    if (origin.tally) count(origin.tally, chain.name, clock.elapsed() - startedAt, error ? 1 : 0);
    tracer.record(call, undefined, startedAt, error ? "error" : value === undefined ? "silent" : "result", (error as KernelError | undefined)?.code);
    call.settle?.(error, value);
  }

  /** Ends a call from outside: its taps are told to stop and not waited for. Blamed when it is `late` and the caller's deadline was theirs. */
  function abort(call: Call, error: KernelError, late: boolean): void {
    end(call, error, undefined);
    for (const attempt of Array.from(call.pending ?? [])) {
      attempt.claim();
      attempt.stop(error);
      const { owner, plugin, hook } = attempt.entry;
      if (late && call.chain.spec.deadlineMs === "caller") owner.faulted(hook, new KernelError("TAP_DEADLINE", { plugin, hook }));
      else owner.settled(false);
    }
  }

  /** What every tapable tap is: calls `done` at most once, and never throws. */
  function run(entry: TapEntry, input: unknown, call: Call, done: Done): void {
    if (call.ended) return;
    const attempt = new Attempt(entry, call, done, call.id > 0 ? clock.elapsed() : 0);
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
    const { entry, call } = attempt;
    const { deadlineMs } = call.chain.spec;
    const late = (): void => fault(attempt, new KernelError("TAP_DEADLINE", { plugin: entry.plugin, hook: entry.hook, detail: `${deadlineMs} ms` }));
    (call.pending ??= new Set()).add(attempt);
    entry.owner.pending.add(attempt);
    if (deadlineMs !== "caller") attempt.cancelDeadline = deadlines.set(deadlineMs, late);
    const settled = (value: unknown): void => settle(attempt, value);
    answer.then(settled, (thrown) => fault(attempt, thrown));
  }

  function settle(attempt: Attempt, given: unknown): void {
    const { entry, call, done, startedAt } = attempt;
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
    const { plugin, hook, owner } = attempt.entry;
    const error = thrown instanceof KernelError ? thrown : new KernelError("TAP_THREW", { plugin, hook, cause: thrown });
    attempt.stop(error);
    if (error.plugin === plugin && error.code !== "PLUGIN_REVOKED" && !isRefusal(thrown)) owner.faulted(hook, error);
    else owner.settled(false);
    refuse(attempt, error, "error");
  }

  function refuse({ entry, call, done, startedAt }: Attempt, error: KernelError, outcome: "skipped" | "error"): void {
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

function count(tally: Map<string, HookTally>, hook: string, ms: number, failed: 0 | 1): void {
  const { calls, totalMs, errors } = tally.get(hook) ?? { calls: 0, totalMs: 0, errors: 0 };
  tally.set(hook, { calls: calls + 1, totalMs: totalMs + ms, errors: errors + failed });
}

const isThenable = (answer: unknown): answer is PromiseLike<unknown> => typeof (answer as { then?: unknown } | null | undefined)?.then === "function";
