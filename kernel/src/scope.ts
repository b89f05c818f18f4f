import type { Deadlines } from "./deadlines.ts";
import { asKernelError, KernelError } from "./errors.ts";
import type { Disposer } from "./plugin.ts";

interface Effect {
  readonly label: string;
  dispose: Disposer | undefined;
}

/** Owns a plugin's effects under labels. Closing undoes them last first, awaits each, collects every error, and happens once. */
export class Scope {
  readonly #plugin: string;
  readonly #limits: { readonly drainMs: number; readonly maxEffects: number };
  readonly #deadlines: Deadlines;
  readonly #effects = new Set<Effect>();
  readonly #controller = new AbortController();
  #closing: Promise<readonly KernelError[]> | undefined;
  #disposing = false;

  constructor(plugin: string, deadlines: Deadlines, limits: { readonly drainMs: number; readonly maxEffects: number }) {
    this.#plugin = plugin;
    this.#deadlines = deadlines;
    this.#limits = limits;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get labels(): string[] {
    return Array.from(this.#effects, (effect) => effect.label);
  }

  /** Aborts `signal` ahead of closing, so that what runs can stop while the scope drains. */
  abort(reason: KernelError): void {
    if (!this.signal.aborted) this.#controller.abort(reason);
  }

  assertOpen(): void {
    if (this.#closing) throw new KernelError("SCOPE_CLOSED", { plugin: this.#plugin });
  }

  /** @throws SCOPE_CLOSED or SCOPE_FULL after having called `dispose`: what came too late is not left behind. */
  own(label: string, dispose: Disposer): Disposer {
    const effect: Effect = { label, dispose };
    if (this.#closing || this.#effects.size >= this.#limits.maxEffects) {
      void this.#undo(effect);
      throw new KernelError(this.#closing ? "SCOPE_CLOSED" : "SCOPE_FULL", { plugin: this.#plugin, detail: label });
    }
    this.#effects.add(effect);
    return () => this.#release(effect);
  }

  /** Resolves with the errors of disposers that failed. A disposer that calls it synchronously gets an empty list at once. */
  close(): Promise<readonly KernelError[]> {
    return this.#disposing ? Promise.resolve([]) : (this.#closing ??= this.#close());
  }

  async #close(): Promise<readonly KernelError[]> {
    // A turn later, so that #closing is set before any disposer or abort listener runs.
    await undefined;
    this.abort(new KernelError("SCOPE_CLOSED", { plugin: this.#plugin }));
    const errors: KernelError[] = [];
    for (let effect = Array.from(this.#effects).pop(); effect; effect = Array.from(this.#effects).pop()) {
      const error = await this.#undo(effect);
      if (error) errors.push(error);
    }
    return errors;
  }

  /** Forgets the effect before undoing it: calling again, also from within, does nothing. */
  #release(effect: Effect): void | Promise<void> {
    const { dispose } = effect;
    effect.dispose = undefined;
    this.#effects.delete(effect);
    return dispose?.();
  }

  async #undo(effect: Effect): Promise<KernelError | undefined> {
    const facts = { plugin: this.#plugin, detail: effect.label };
    try {
      this.#disposing = true;
      const undone = this.#release(effect);
      this.#disposing = false;
      if (undone) await within(this.#deadlines, this.#limits.drainMs, undone, () => new KernelError("DISPOSE_DEADLINE", facts));
      return undefined;
    } catch (thrown) {
      return asKernelError(thrown, "DISPOSE_FAILED", { ...facts, cause: thrown });
    } finally {
      this.#disposing = false;
    }
  }
}

/** What `work` comes to, or the error when it takes longer than `ms`; what it comes to later is ignored. */
export function within<T>(deadlines: Deadlines, ms: number, work: PromiseLike<T>, late: () => KernelError): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = deadlines.set(ms, () => reject(late()));
    work.then(resolve, reject).then(cancel);
  });
}
