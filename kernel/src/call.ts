import type { Activation } from "./activation.ts";
import type { HookSpec, TapCall } from "./hook-spec.ts";
import type { Done } from "./interpreter.ts";
import type { Placed } from "./order.ts";

export interface TapEntry extends Placed {
  readonly hook: string;
  readonly owner: Activation;
  readonly fn: (input: unknown, call: TapCall) => unknown;
  /** False once its scope gave it back: a session that still lists it skips it, a guard denies. */
  live: boolean;
}

/** One call of a hook. */
export interface Call {
  readonly hook: string;
  readonly spec: HookSpec;
  readonly session: string | undefined;
  /** 0 while nobody traces. */
  readonly id: number;
  /** By tap index, for the kinds that keep every answer. */
  readonly answers: unknown[];
  /** Taps that have not answered. */
  readonly pending: Set<Attempt>;
  /** The first end; later ones do not count. */
  outcome: { readonly error: unknown; readonly value: unknown } | undefined;
  /** Set when the call did not end at once. */
  settle: (() => void) | undefined;
}

/** One tap's run, and what the tap sees as its TapCall. The signal is made when it is first looked at. */
export class Attempt implements TapCall {
  readonly entry: TapEntry;
  readonly index: number;
  readonly call: Call;
  readonly done: Done;
  readonly startedAt: number;
  cancelDeadline: (() => void) | undefined;
  #controller: AbortController | undefined;
  #stopped: unknown;
  #claimed = false;

  constructor(entry: TapEntry, index: number, call: Call, done: Done, startedAt: number) {
    this.entry = entry;
    this.index = index;
    this.call = call;
    this.done = done;
    this.startedAt = startedAt;
  }

  get hook(): string {
    return this.entry.hook;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      this.stop(this.#stopped ?? this.entry.owner.aborted);
    }
    return this.#controller.signal;
  }

  /** Puts the run where its call and its plugin can reach it. */
  wait(): void {
    this.call.pending.add(this);
    this.entry.owner.pending.add(this);
  }

  /** True once: later answers, rejections and deadlines go nowhere. */
  claim(): boolean {
    if (this.#claimed) return false;
    this.#claimed = true;
    this.cancelDeadline?.();
    this.call.pending.delete(this);
    this.entry.owner.pending.delete(this);
    return true;
  }

  /** Aborts the tap's signal; it may still answer. */
  stop(reason: unknown): void {
    this.#stopped = reason;
    if (reason !== undefined) this.#controller?.abort(reason);
  }
}
