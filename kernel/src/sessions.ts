import { KernelError } from "./errors.ts";
import type { Activation } from "./activation.ts";
import type { CallOptions } from "./hook-spec.ts";
import type { Hooks, HookTable } from "./hooks.ts";

/** A frozen view of every hook, as one task keeps it. */
export interface OpenSession {
  call(hook: string, input: unknown, options?: CallOptions): unknown;
  close(): void;
}

class Session {
  readonly label: string;
  readonly table: HookTable;
  readonly held = new Set<Activation>();
  open = true;

  constructor(label: string, table: HookTable) {
    this.label = label;
    this.table = table;
  }
}

/** The open sessions; opening and closing one costs the same however many plugins there are. */
export class Sessions {
  readonly #hooks: () => Hooks;
  readonly #open = new Set<Session>();

  constructor(hooks: () => Hooks) {
    this.#hooks = hooks;
  }

  get count(): number {
    return this.#open.size;
  }

  start(label: string, onClose?: () => void): OpenSession {
    const hooks = this.#hooks();
    const session = new Session(label, hooks.table);
    this.#open.add(session);
    return {
      call: (hook, input, options) => {
        if (!session.open) throw new KernelError("SESSION_CLOSED", { hook, detail: label });
        return hooks.call(session.table, hook, input, options, label);
      },
      close: () => {
        if (!session.open) return;
        session.open = false;
        this.#open.delete(session);
        for (const activation of session.held) activation.release(session);
        onClose?.();
      },
    };
  }

  /** Lets every open session that lists taps of `activation` keep it from closing. */
  hold(activation: Activation): void {
    for (const session of this.#open) {
      const lists = activation.taps.some((entry) => session.table.get(entry.hook)?.entries.includes(entry));
      if (!lists) continue;
      session.held.add(activation);
      activation.heldBy.add(session);
    }
  }

  closeAll(): void {
    for (const session of this.#open) session.open = false;
    this.#open.clear();
  }
}
