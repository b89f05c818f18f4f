import type { Json, Log, Platform } from "@orrery/kernel";

export interface LogLine {
  level: "debug" | "info" | "warn" | "error";
  message: string;
  data?: Json;
}

/** A realm's clock and timers, seeded randomness, and a log kept in a list. The same seed gives the same ids. */
export function testPlatform(seed = 1): Platform & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const write =
    (level: LogLine["level"]) =>
    (message: string, data?: Json): void => {
      lines.push({ level, message, ...(data === undefined ? {} : { data }) });
    };
  const log: Log = { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
  let state = seed >>> 0;
  // mulberry32
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  let issued = 0;
  return {
    lines,
    log,
    clock: {
      now: () => Date.now(),
      elapsed: () => performance.now(),
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          if (signal?.aborted) return reject(signal.reason);
          const timer = setTimeout(resolve, ms);
          signal?.addEventListener(
            "abort",
            () => {
              clearTimeout(timer);
              reject(signal.reason);
            },
            { once: true },
          );
        }),
    },
    random: {
      next,
      id: (prefix) => {
        issued += 1;
        return `${prefix}_${String(issued).padStart(6, "0")}${Math.floor(next() * 36 ** 6)
          .toString(36)
          .padStart(6, "0")}`;
      },
    },
    timer(ms, fire) {
      const handle = setTimeout(fire, ms);
      return () => clearTimeout(handle);
    },
  };
}
