import type { Json, Log } from "@orrery/sdk";
import { printable } from "./printable.ts";

export const logLevels = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** A log of one line an entry: `level message {data}`; lines below `level` are dropped. A plugin's message makes no second line and drives no terminal. */
export function createLog(level: LogLevel, write: (line: string) => void): Log {
  const least = logLevels.indexOf(level);
  const at = (name: LogLevel) => {
    if (logLevels.indexOf(name) < least) return () => {};
    return (message: string, data?: Json) =>
      write(`${name} ${printable(message).replace(/\s*\n\s*/g, " ")}${data === undefined ? "" : ` ${JSON.stringify(data)}`}`);
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
