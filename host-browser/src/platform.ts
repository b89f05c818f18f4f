import type { Clock, Json, Log, Platform, Random } from "@orrery/kernel";

const clock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", stop);
        resolve();
      }, ms);
      signal?.addEventListener("abort", stop, { once: true });
    }),
};

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

/** 48 bits of time and 80 of chance in Crockford's base 32: sorts by the time it was made. */
function sortableId(prefix: string): string {
  let time = Date.now();
  let head = "";
  for (let i = 0; i < 10; i++) {
    head = alphabet[time % 32] + head;
    time = Math.floor(time / 32);
  }
  const tail = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => alphabet[byte % 32]).join("");
  return `${prefix}_${head}${tail}`;
}

const random: Random = {
  next: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32,
  id: sortableId,
};

const line = (level: "debug" | "info" | "warn" | "error") => (message: string, data?: Json) => {
  if (data === undefined) console[level](message);
  else console[level](message, data);
};
const log: Log = { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") };

/** Clock, chance, log and timer of the realm this runs in: a tab or one of its workers. */
export const browserPlatform: Platform = {
  clock,
  random,
  log,
  timer: (ms, fire) => {
    const timer = setTimeout(fire, ms);
    return () => clearTimeout(timer);
  },
};
