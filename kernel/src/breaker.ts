import type { Limits } from "./contract.ts";

/** One plugin's circuit breaker: counts faults a hook, opens for the whole plugin, and once `probeMs` have passed lets one call at a time try. */
export type Breaker = ReturnType<typeof createBreaker>;

export function createBreaker(limits: Limits["breaker"], now: () => number) {
  const faults = new Map<string, number[]>();
  /** When it opened; never over while held. */
  let openedAt: number | undefined;
  let probing = false;
  const close = (): void => {
    openedAt = undefined;
    probing = false;
    faults.clear();
  };
  return {
    isOpen: (): boolean => openedAt !== undefined,
    /** Opened by the operator: nothing probes, only `close` ends it. */
    isHeld: (): boolean => openedAt === Number.POSITIVE_INFINITY,
    /** Whether a tap may run now. While open, a yes makes that run the probe, which `fault` or `settled` ends. */
    admits(): boolean {
      if (openedAt === undefined) return true;
      if (probing || now() - openedAt < limits.probeMs) return false;
      probing = true;
      return true;
    },
    /** True when this fault opened it. A probe's fault starts the wait again. */
    fault(hook: string): boolean {
      const at = now();
      if (openedAt !== undefined) {
        if (probing) openedAt = at;
        probing = false;
        return false;
      }
      const recent = [...(faults.get(hook) ?? []).filter((earlier) => at - earlier < limits.windowMs), at];
      faults.set(hook, recent);
      if (recent.length >= limits.faults) openedAt = at;
      return openedAt !== undefined;
    },
    /** True when this was a probe that answered, and closed it. */
    settled(answered: boolean): boolean {
      const closes = probing && answered;
      probing = false;
      if (closes) close();
      return closes;
    },
    hold(): void {
      openedAt = Number.POSITIVE_INFINITY;
      probing = false;
    },
    close,
  };
}
