import type { Activation } from "./activation.ts";
import { KernelError } from "./errors.ts";
import type { CallOptions } from "./hook-spec.ts";
import type { Hooks, HookTable } from "./hooks.ts";
import type { Invocation } from "./invocation.ts";

/** The open sessions. Opening one costs the same however many plugins there are. */
export type Sessions = ReturnType<typeof createSessions>;

export function createSessions(hooks: Hooks, invocation: Invocation) {
  const sessions = new Set<{ readonly table: HookTable; readonly keeps: Set<Activation> }>();
  return {
    start(label: string, caller?: string, onClose?: () => void) {
      const session = { table: hooks.table(), keeps: new Set<Activation>() };
      sessions.add(session);
      return {
        call(hook: string, input: unknown, options?: CallOptions): unknown {
          if (!sessions.has(session)) throw new KernelError("SESSION_CLOSED", { hook, plugin: caller, detail: label });
          return invocation.invoke(hooks.chain(hook, session.table), input, options, label, caller);
        },
        close(): void {
          if (!sessions.delete(session)) return;
          for (const activation of session.keeps) activation.release(session);
          onClose?.();
        },
      };
    },
    /** Makes every open session that lists taps of `activation` keep it. */
    keep(activation: Activation): void {
      for (const session of sessions) {
        if (!Array.from(activation.taps).some((entry) => session.table.get(entry.hook)?.entries.includes(entry))) continue;
        session.keeps.add(activation);
        activation.heldBy.add(session);
      }
    },
    closeAll: (): void => sessions.clear(),
  };
}
