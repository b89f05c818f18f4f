import type { Deadlines } from "./deadlines.ts";
import { asKernelError, KernelError } from "./errors.ts";
import type { Disposer } from "./plugin.ts";

interface Effect {
  readonly label: string;
  dispose: Disposer | undefined;
}

/** Owns a plugin's effects under labels. Closing undoes them last first, awaits each, collects every error, and happens once. */
export type Scope = ReturnType<typeof createScope>;

export function createScope(plugin: string, deadlines: Deadlines, limits: { readonly drainMs: number; readonly maxEffects: number }) {
  const effects = new Set<Effect>();
  const controller = new AbortController();
  const { signal } = controller;
  let closing: Promise<readonly KernelError[]> | undefined;
  let disposing = false;

  /** Aborts `signal` ahead of closing, so that what runs can stop while the scope drains. */
  const abort = (reason: KernelError): void => {
    if (!signal.aborted) controller.abort(reason);
  };
  /** Forgets the effect before undoing it: calling again, also from within, does nothing. */
  const release = (effect: Effect): void | Promise<void> => {
    const { dispose } = effect;
    effect.dispose = undefined;
    effects.delete(effect);
    return dispose?.();
  };
  const undo = async (effect: Effect): Promise<KernelError[]> => {
    const facts = { plugin, detail: effect.label };
    try {
      disposing = true;
      const undone = release(effect);
      disposing = false;
      if (undone) await within(deadlines, limits.drainMs, undone, () => new KernelError("DISPOSE_DEADLINE", facts));
      return [];
    } catch (thrown) {
      disposing = false;
      return [asKernelError(thrown, "DISPOSE_FAILED", { ...facts, cause: thrown })];
    }
  };
  const closeAll = async (): Promise<readonly KernelError[]> => {
    // A turn later, so that `closing` is set before any disposer or abort listener runs.
    await undefined;
    abort(new KernelError("SCOPE_CLOSED", { plugin }));
    const errors: KernelError[] = [];
    for (let last = Array.from(effects).pop(); last; last = Array.from(effects).pop()) errors.push(...(await undo(last)));
    return errors;
  };
  return {
    signal,
    abort,
    labels: (): string[] => Array.from(effects, (effect) => effect.label),
    assertOpen(): void {
      if (closing) throw new KernelError("SCOPE_CLOSED", { plugin });
    },
    /** @throws SCOPE_CLOSED or SCOPE_FULL after having called `dispose`: what came too late is not left behind. */
    own(label: string, dispose: Disposer): Disposer {
      const effect: Effect = { label, dispose };
      if (closing || effects.size >= limits.maxEffects) {
        void undo(effect);
        throw new KernelError(closing ? "SCOPE_CLOSED" : "SCOPE_FULL", { plugin, detail: label });
      }
      effects.add(effect);
      return () => release(effect);
    },
    /** Resolves with the errors of disposers that failed. A disposer that calls it synchronously gets an empty list at once. */
    close(): Promise<readonly KernelError[]> {
      if (disposing) return Promise.resolve([]);
      closing ??= closeAll();
      return closing;
    },
  };
}

/** What `work` comes to, or the error when it takes longer than `ms`; what it comes to later is ignored. */
export function within<T>(deadlines: Deadlines, ms: number, work: PromiseLike<T>, late: () => KernelError): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = deadlines.set(ms, () => reject(late()));
    work.then(resolve, reject).then(cancel);
  });
}
