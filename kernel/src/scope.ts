import type { Deadlines } from "./deadlines.ts";
import { asKernelError, KernelError } from "./errors.ts";
import type { Disposer } from "./contract.ts";

type Effect = { readonly label: string; readonly dispose: Disposer };

/** Owns a plugin's effects under labels. Closing undoes them last first, awaits each, collects every error, and happens once. */
export type Scope = ReturnType<typeof createScope>;

export function createScope(plugin: string, deadlines: Deadlines, limits: { readonly drainMs: number; readonly maxEffects: number }) {
  const effects = new Set<Effect>();
  const controller = new AbortController();
  const { signal } = controller;
  let closing: Promise<readonly KernelError[]> | undefined;
  let disposing = false;

  /** Aborts `signal` ahead of closing, so that what runs can stop while the scope drains. The first reason stays. */
  const abort = (reason: KernelError): void => controller.abort(reason);
  /** Forgets the effect before undoing it: calling again, also from within, does nothing. */
  const release = (effect: Effect): void | Promise<void> => (effects.delete(effect) ? effect.dispose() : undefined);
  const undo = async (effect: Effect): Promise<KernelError[]> => {
    const facts = { plugin, detail: effect.label };
    const late = (): KernelError => new KernelError("DISPOSE_DEADLINE", facts);
    const failed = (thrown: unknown): KernelError[] => [asKernelError(thrown, "DISPOSE_FAILED", facts)];
    disposing = true;
    const undone = deadlines.within(limits.drainMs, () => release(effect), late);
    disposing = false;
    return undone.then(() => [], failed);
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
      const effect = { label, dispose };
      effects.add(effect);
      if (!closing && effects.size <= limits.maxEffects) return () => release(effect);
      void undo(effect);
      throw new KernelError(closing ? "SCOPE_CLOSED" : "SCOPE_FULL", { plugin, detail: label });
    },
    /** Resolves with the errors of disposers that failed. A disposer that calls it synchronously gets an empty list at once. */
    close(): Promise<readonly KernelError[]> {
      if (disposing) return Promise.resolve([]);
      closing ??= closeAll();
      return closing;
    },
  };
}
