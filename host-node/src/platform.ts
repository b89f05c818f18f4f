import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Platform } from "@orrery/kernel";
import type { Log } from "@orrery/sdk";
import { createLog, type LogLevel } from "./log.ts";

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

function base32(value: bigint, length: number): string {
  let rest = value;
  let text = "";
  for (let i = 0; i < length; i++) {
    text = alphabet.charAt(Number(rest & 31n)) + text;
    rest >>= 5n;
  }
  return text;
}

/** Ids that sort by the time they were made: 48 bits of milliseconds, then 80 random bits; within one millisecond they count up. */
export function createIds(now: () => number): (prefix: string) => string {
  let lastMs = -1;
  let tail = 0n;
  return (prefix) => {
    const ms = Math.max(now(), lastMs);
    if (ms === lastMs) tail += 1n;
    // One bit is kept free, so that counting up never carries into the time.
    else tail = BigInt(`0x${randomBytes(10).toString("hex")}`) >> 1n;
    lastMs = ms;
    return `${prefix}_${base32(BigInt(Math.trunc(ms)), 10)}${base32(tail, 16)}`;
  };
}

/** What the kernel takes from Node: its clock, randomness, timers and a log on stderr. */
export function nodePlatform(options: { log?: Log; level?: LogLevel } = {}): Platform {
  const now = () => Date.now();
  const floats = new Uint32Array(1);
  return {
    clock: {
      now,
      elapsed: () => performance.now(),
      sleep: async (ms, signal) => {
        await sleep(ms, undefined, signal ? { signal } : {});
      },
    },
    random: {
      next: () => {
        crypto.getRandomValues(floats);
        return (floats[0] ?? 0) / 2 ** 32;
      },
      id: createIds(now),
    },
    log: options.log ?? createLog(options.level ?? "warn", (line) => process.stderr.write(`${line}\n`)),
    timer: (ms, fire) => {
      const timer = setTimeout(fire, ms);
      timer.unref();
      return () => clearTimeout(timer);
    },
  };
}
