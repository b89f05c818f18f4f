import { setTimeout } from "node:timers/promises";
import { OrreryError } from "@orrery/sdk";
import Database from "better-sqlite3";

const patienceMs = 10_000;
const pauseMs = 25;

/**
 * Does `work` while no other process does, waiting a while for its turn. The lock is the system's own on an empty database file: it goes with the process,
 * however that ends. Throws PACKAGES_BUSY.
 */
export async function exclusively<T>(file: string, work: () => Promise<T>): Promise<T> {
  const lock = await take(file);
  try {
    return await work();
  } finally {
    lock.close();
  }
}

async function take(file: string): Promise<Database.Database> {
  for (let waited = 0; ; waited += pauseMs) {
    // Waits by itself and not inside SQLite, which would keep this process from doing anything else.
    const lock = new Database(file, { timeout: 0 });
    try {
      // Nothing is ever written: no journal beside it, either.
      lock.pragma("journal_mode = MEMORY");
      lock.exec("BEGIN EXCLUSIVE");
      return lock;
    } catch (cause) {
      lock.close();
      if ((cause as { code?: string }).code !== "SQLITE_BUSY" || waited >= patienceMs) throw busy(cause);
    }
    await setTimeout(pauseMs);
  }
}

const busy = (cause: unknown): OrreryError =>
  new OrreryError("PACKAGES_BUSY", "another process installs or removes packages here", { todo: "Wait until it has ended, and try again.", cause });
