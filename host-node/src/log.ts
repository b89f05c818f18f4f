import type { Json, Log } from "@orrery/sdk";

export const logLevels = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** A log of one line an entry: `level message {data}`; lines below `level` are dropped. */
export function createLog(level: LogLevel, write: (line: string) => void): Log {
  const least = logLevels.indexOf(level);
  const at = (name: LogLevel) => {
    if (logLevels.indexOf(name) < least) return () => {};
    return (message: string, data?: Json) => write(`${name} ${message}${data === undefined ? "" : ` ${JSON.stringify(data)}`}`);
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
