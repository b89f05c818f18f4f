import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { OrreryError } from "@orrery/sdk";
import { processLives } from "../process-lives.ts";

/** A JSON object in a file; `{}` when the file is not there. Throws CONFIG_UNREADABLE. */
export function readJsonObject(file: string): Record<string, unknown> {
  if (!existsSync(file)) return {};
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    throw new Error("it does not hold a JSON object");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new OrreryError("CONFIG_UNREADABLE", `${file} cannot be read: ${why}`, { todo: "Correct the file, or remove it to start from the defaults.", cause });
  }
}

/** Replaces the file in one step, readable for its owner alone. */
export function writeJsonObject(file: string, value: object): void {
  const next = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(next, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flush: true });
    if (process.platform !== "win32") chmodSync(next, 0o600);
    renameSync(next, file);
    sweep(file);
  } catch (cause) {
    throw new OrreryError("CONFIG_UNWRITABLE", `${file} cannot be written`, {
      todo: "Check the owner and permissions of the data folder (orrery config path).",
      cause,
    });
  }
}

/** What processes that were killed had begun to write. */
function sweep(file: string): void {
  const begun = `${basename(file)}.`;
  for (const name of readdirSync(dirname(file))) {
    const [, pid] = (name.startsWith(begun) && /^(\d+)\.tmp$/.exec(name.slice(begun.length))) || [];
    if (pid !== undefined && !processLives(Number(pid))) rmSync(join(dirname(file), name), { force: true });
  }
}
