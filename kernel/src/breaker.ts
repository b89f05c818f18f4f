import type { Limits } from "./kernel-types.ts";

/** One plugin's circuit breaker: counts faults a hook, opens for the whole plugin, and once `probeMs` have passed lets one call at a time try. */
export class Breaker {
  readonly #limits: Limits["breaker"];
  readonly #now: () => number;
  readonly #faults = new Map<string, number[]>();
  #openedAt: number | undefined;
  #probing = false;
  /** Opened by the operator: nothing probes, only `close` ends it. */
  held = false;

  constructor(limits: Limits["breaker"], now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  get open(): boolean {
    return this.#openedAt !== undefined;
  }

  /** Whether a tap may run now. While open, a yes makes that run the probe, which `fault` or `settled` ends. */
  admits(): boolean {
    if (this.#openedAt === undefined) return true;
    if (this.held || this.#probing || this.#now() - this.#openedAt < this.#limits.probeMs) return false;
    this.#probing = true;
    return true;
  }

  /** True when this fault opened it. A probe's fault starts the wait again. */
  fault(hook: string): boolean {
    const now = this.#now();
    if (this.open) {
      if (this.#probing) this.#openedAt = now;
      this.#probing = false;
      return false;
    }
    const recent = [...(this.#faults.get(hook) ?? []).filter((at) => now - at < this.#limits.windowMs), now];
    this.#faults.set(hook, recent);
    if (recent.length < this.#limits.faults) return false;
    this.#openedAt = now;
    return true;
  }

  /** True when this was a probe that answered, and closed it. */
  settled(answered: boolean): boolean {
    const closes = this.#probing && answered;
    this.#probing = false;
    if (closes) this.close();
    return closes;
  }

  hold(): void {
    this.#openedAt = this.#now();
    this.held = true;
  }

  close(): void {
    this.#openedAt = undefined;
    this.held = this.#probing = false;
    this.#faults.clear();
  }
}
