import type { Deadline } from "./deadlines.ts";
import { KernelError } from "./errors.ts";
import type { CallOptions, HookSpec, TapCall } from "./hook-spec.ts";
import type { Pending, TapEntry } from "./tap-entry.ts";

/** One call of a hook while it runs. */
export class Call {
  readonly hook: string;
  readonly spec: HookSpec;
  readonly options: CallOptions | undefined;
  readonly id: number;
  readonly session: string | undefined;
  /** By tap index, for the kinds that keep every answer. */
  readonly answers: unknown[] = [];
  ended = false;
  error: unknown;
  value: unknown;
  #attempts: Set<Attempt> | undefined;
  #settle: { resolve(value: unknown): void; reject(error: unknown): void } | undefined;
  #stop: (() => void) | undefined;

  constructor(hook: string, spec: HookSpec, options: CallOptions | undefined, id: number, session: string | undefined) {
    this.hook = hook;
    this.spec = spec;
    this.options = options;
    this.id = id;
    this.session = session;
  }

  /** The first end counts; whatever comes later is ignored. */
  end(error: unknown, value: unknown): void {
    if (this.ended) return;
    this.ended = true;
    this.error = error;
    this.value = value;
    this.#stop?.();
    if (error) this.#settle?.reject(error);
    else this.#settle?.resolve(value);
  }

  /** Ends the call from outside: taps still running are told to stop and not waited for. */
  abort(error: KernelError, blame: boolean): void {
    if (this.ended) return;
    this.end(error, undefined);
    for (const attempt of Array.from(this.#attempts ?? [])) {
      if (blame) attempt.entry.owner.faulted(this.hook, new KernelError("TAP_DEADLINE", { plugin: attempt.entry.plugin, hook: this.hook }));
      attempt.drop(error, !blame);
    }
  }

  /** The promise of a call that did not end at once; `stop` runs when it does. */
  outcome(stop: () => void): Promise<unknown> {
    this.#stop = stop;
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  get waitingFor(): string {
    return Array.from(this.#attempts ?? [], (attempt) => attempt.entry.plugin).join(", ");
  }

  begin(attempt: Attempt): void {
    (this.#attempts ??= new Set()).add(attempt);
  }

  finish(attempt: Attempt): void {
    this.#attempts?.delete(attempt);
  }
}

/** One tap's run within a call; what the tap sees as its TapCall. The signal is made when first looked at. */
export class Attempt implements TapCall, Pending {
  readonly entry: TapEntry;
  readonly #call: Call;
  #controller: AbortController | undefined;
  #aborted: unknown;
  #done = false;
  deadline: Deadline | undefined;
  onRevoke: ((error: KernelError) => void) | undefined;

  constructor(entry: TapEntry, call: Call) {
    this.entry = entry;
    this.#call = call;
  }

  get hook(): string {
    return this.entry.hook;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      const reason = this.#aborted ?? this.entry.owner.aborted;
      if (reason !== undefined) this.#controller.abort(reason);
    }
    return this.#controller.signal;
  }

  /** Puts the attempt where the call and the plugin's scope can reach it. */
  wait(): void {
    this.#call.begin(this);
    this.entry.owner.pending.add(this);
  }

  /** True for the first answer only: late results and rejections go nowhere. */
  claim(): boolean {
    if (this.#done) return false;
    this.#done = true;
    this.deadline?.cancel();
    this.#call.finish(this);
    this.entry.owner.pending.delete(this);
    return true;
  }

  drop(reason: unknown, tellOwner: boolean): void {
    if (!this.claim()) return;
    if (tellOwner) this.entry.owner.settled(this.hook, false);
    this.stop(reason);
  }

  stop(reason: unknown): void {
    this.#aborted = reason;
    if (this.#controller && !this.#controller.signal.aborted) this.#controller.abort(reason);
  }

  signalAbort(reason: KernelError): void {
    this.stop(reason);
  }

  revoke(error: KernelError): void {
    this.onRevoke?.(error);
  }
}
