import type { Gate } from "./tap-entry.ts";

export interface BreakerLimits {
  /** Faults in one hook within the window that open it. */
  readonly faults: number;
  readonly windowMs: number;
  /** Ms from opening until one call is let through to try. */
  readonly probeMs: number;
}

/** One plugin's circuit breaker: counts faults a hook, opens for the whole plugin, then lets one call at a time probe. */
export class Breaker {
  readonly #limits: BreakerLimits;
  readonly #now: () => number;
  readonly #faults = new Map<string, number[]>();
  #openedAt: number | undefined;
  #probing = false;
  /** Opened by the operator: no probe, only `close`. */
  #held = false;

  constructor(limits: BreakerLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  get open(): boolean {
    return this.#openedAt !== undefined;
  }

  get held(): boolean {
    return this.#held;
  }

  /** Admitting a call while open makes it the probe. */
  gate(): Gate {
    if (this.#openedAt === undefined) return "open";
    if (this.#held || this.#probing || this.#now() - this.#openedAt < this.#limits.probeMs) return "suspended";
    this.#probing = true;
    return "open";
  }

  /** True when this fault opened it, or was a probe's and keeps it open. */
  fault(hook: string): boolean {
    const now = this.#now();
    if (this.open) {
      if (!this.#probing) return false;
      this.#probing = false;
      this.#openedAt = now;
      return false;
    }
    const recent = (this.#faults.get(hook) ?? []).filter((at) => now - at < this.#limits.windowMs);
    recent.push(now);
    this.#faults.set(hook, recent);
    if (recent.length < this.#limits.faults) return false;
    this.#openedAt = now;
    return true;
  }

  /** True when this was a probe's answer and closed it. */
  settled(answered: boolean): boolean {
    if (!this.#probing) return false;
    this.#probing = false;
    if (answered) this.close();
    return answered;
  }

  hold(): void {
    this.#openedAt = this.#now();
    this.#held = true;
  }

  close(): void {
    this.#openedAt = undefined;
    this.#held = false;
    this.#probing = false;
    this.#faults.clear();
  }
}
