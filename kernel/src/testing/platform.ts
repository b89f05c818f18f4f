import type { Platform } from "../contract.ts";

/** A platform whose time only moves when told to, and whose ids and randomness repeat. */
export interface TestPlatform extends Platform {
  /** Moves time on, firing timers in order, and lets what they start run. */
  advance(ms: number): Promise<void>;
  readonly timers: number;
  readonly logged: readonly string[];
}

export function testPlatform(): TestPlatform {
  let now = 1_000;
  let ids = 0;
  let seed = 1;
  const timers = new Set<{ at: number; fire: () => void }>();
  const logged: string[] = [];
  const timer = (ms: number, fire: () => void): (() => void) => {
    const entry = { at: now + ms, fire };
    timers.add(entry);
    return () => void timers.delete(entry);
  };
  const note = (message: string): void => void logged.push(message);
  return {
    clock: {
      now: () => now,
      elapsed: () => now,
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          const cancel = timer(ms, resolve);
          signal?.addEventListener("abort", () => {
            cancel();
            reject(signal.reason);
          });
        }),
    },
    random: {
      next: () => (seed = (seed * 16807) % 2147483647) / 2147483647,
      id: (prefix) => `${prefix}_${String(++ids).padStart(6, "0")}`,
    },
    log: { debug: note, info: note, warn: note, error: note },
    timer,
    get timers() {
      return timers.size;
    },
    logged,
    async advance(ms) {
      const until = now + ms;
      for (;;) {
        await turns();
        const due = Array.from(timers)
          .filter((each) => each.at <= until)
          .sort((a, b) => a.at - b.at)[0];
        if (!due) break;
        timers.delete(due);
        now = Math.max(now, due.at);
        due.fire();
      }
      now = until;
      await turns();
    },
  };
}

/** Lets promise callbacks that are already due, and those they lead to, run. */
export async function turns(count = 50): Promise<void> {
  for (let turn = 0; turn < count; turn++) await undefined;
}
