import type { Activation } from "./activation.ts";
import { KernelError } from "./errors.ts";
import type { CallOptions } from "./hook-spec.ts";
import type { Hooks, HookTable } from "./hooks.ts";
import type { Invocation } from "./invocation.ts";

interface Session {
  readonly table: HookTable;
  readonly keeps: Set<Activation>;
}

/** The open sessions. Opening one costs the same however many plugins there are. */
export class Sessions {
  readonly #hooks: Hooks;
  readonly #invocation: Invocation;
  readonly #open = new Set<Session>();

  constructor(hooks: Hooks, invocation: Invocation) {
    this.#hooks = hooks;
    this.#invocation = invocation;
  }

  start(label: string, caller: string | undefined, onClose: () => void): { call(hook: string, input: unknown, options?: CallOptions): unknown; close(): void } {
    const session: Session = { table: this.#hooks.table, keeps: new Set() };
    this.#open.add(session);
    return {
      call: (hook, input, options) => {
        if (!this.#open.has(session)) throw new KernelError("SESSION_CLOSED", { hook, plugin: caller, detail: label });
        return this.#invocation.invoke(this.#hooks.chain(hook, session.table), input, options, label, caller);
      },
      close: () => {
        if (!this.#open.delete(session)) return;
        for (const activation of session.keeps) activation.release(session);
        onClose();
      },
    };
  }

  /** Makes every open session that lists taps of `activation` keep it. */
  keep(activation: Activation): void {
    for (const session of this.#open) {
      if (!Array.from(activation.taps).some((entry) => session.table.get(entry.hook)?.entries.includes(entry))) continue;
      session.keeps.add(activation);
      activation.heldBy.add(session);
    }
  }

  closeAll(): void {
    this.#open.clear();
  }
}
