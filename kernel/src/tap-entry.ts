import type { TapCall } from "./hook-spec.ts";
import type { KernelError } from "./errors.ts";
import type { Placed } from "./order.ts";

export type Gate = "open" | "suspended" | "revoked";

/** What runs now and can be told to stop: a tap's pending answer. */
export interface Pending {
  /** Aborts the tap's signal; it may still answer. */
  signalAbort(reason: KernelError): void;
  /** Settles it as a failure that is nobody's fault. */
  revoke(error: KernelError): void;
}

/** One activation of a plugin, as hooks see it: who is to blame, and whether its taps may run. */
export interface TapOwner {
  readonly id: string;
  readonly pending: Set<Pending>;
  readonly aborted: KernelError | undefined;
  /** Whether a tap of this hook may run now; admitting one may be the breaker's probe, which `settled` or `faulted` ends. */
  gate(hook: string): Gate;
  faulted(hook: string, error: KernelError): void;
  /** The tap answered well (`true`), or was cut off through no fault of its own. */
  settled(hook: string, answered: boolean): void;
}

export interface TapEntry extends Placed {
  readonly hook: string;
  readonly owner: TapOwner;
  readonly fn: (input: unknown, call: TapCall) => unknown;
  /** False once the tap's scope gave it back: sessions that still list it skip it, a guard denies. */
  live: boolean;
}
