import { KernelError, asKernelError } from "./errors.ts";
import type { Deadlines } from "./deadlines.ts";
import type { Disposer } from "./plugin.ts";

interface Effect {
  readonly label: string;
  dispose: Disposer | undefined;
}

export interface ScopeLimits {
  readonly disposeMs: number;
  readonly maxEffects: number;
}

/** Owns effects under labels. Closing undoes them last first, awaits each, collects every error, and happens once. */
export class Scope {
  readonly label: string;
  readonly #limits: ScopeLimits;
  readonly #deadlines: Deadlines;
  readonly #effects = new Set<Effect>();
  readonly #controller = new AbortController();
  #closing: Promise<readonly KernelError[]> | undefined;
  #disposing = false;

  constructor(label: string, deadlines: Deadlines, limits: ScopeLimits) {
    this.label = label;
    this.#deadlines = deadlines;
    this.#limits = limits;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get closed(): boolean {
    return this.#closing !== undefined;
  }

  get labels(): string[] {
    return Array.from(this.#effects, (effect) => effect.label);
  }

  /** Aborts `signal` ahead of closing, so that what runs can stop while the scope drains. */
  abort(reason: KernelError): void {
    if (!this.signal.aborted) this.#controller.abort(reason);
  }

  assertOpen(): void {
    if (this.#closing) throw new KernelError("SCOPE_CLOSED", { plugin: this.label });
  }

  /** @throws SCOPE_CLOSED after having called `dispose`, so nothing registered too late stays behind; SCOPE_FULL likewise. */
  own(label: string, dispose: Disposer): Disposer {
    if (this.#closing || this.#effects.size >= this.#limits.maxEffects) {
      const refusal = new KernelError(this.#closing ? "SCOPE_CLOSED" : "SCOPE_FULL", { plugin: this.label, detail: label });
      void this.#undo({ label, dispose }, []);
      throw refusal;
    }
    const effect: Effect = { label, dispose };
    this.#effects.add(effect);
    return () => {
      this.#effects.delete(effect);
      const undo = effect.dispose;
      effect.dispose = undefined;
      return undo?.();
    };
  }

  /** Resolves with the errors of the disposers that failed. A disposer that calls it synchronously gets an empty list at once. */
  close(): Promise<readonly KernelError[]> {
    if (this.#disposing) return Promise.resolve([]);
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<readonly KernelError[]> {
    // Deferred by a turn so that #closing is set before any disposer or abort listener runs.
    await undefined;
    const errors: KernelError[] = [];
    this.abort(new KernelError("SCOPE_CLOSED", { plugin: this.label }));
    for (;;) {
      const effect = Array.from(this.#effects).pop();
      if (!effect) return errors;
      this.#effects.delete(effect);
      await this.#undo(effect, errors);
    }
  }

  async #undo(effect: Effect, errors: KernelError[]): Promise<void> {
    const undo = effect.dispose;
    effect.dispose = undefined;
    if (!undo) return;
    const facts = { plugin: this.label, detail: effect.label };
    try {
      this.#disposing = true;
      let undone: void | Promise<void>;
      try {
        undone = undo();
      } finally {
        this.#disposing = false;
      }
      if (undone && typeof undone.then === "function") await this.#within(undone, effect.label);
    } catch (thrown) {
      errors.push(asKernelError(thrown, "DISPOSE_FAILED", { ...facts, cause: thrown }));
    }
  }

  #within(undone: Promise<void>, label: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const deadline = this.#deadlines.set(this.#limits.disposeMs, () => reject(new KernelError("DISPOSE_DEADLINE", { plugin: this.label, detail: label })));
      undone.then(
        () => (deadline.cancel(), resolve()),
        (thrown) => (deadline.cancel(), reject(thrown)),
      );
    });
  }
}
