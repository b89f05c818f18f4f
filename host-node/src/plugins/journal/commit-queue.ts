import { OrreryError } from "@orrery/sdk";
import type Database from "better-sqlite3";
import { sqliteError } from "../sqlite-error.ts";

interface Waiting {
  work: () => unknown;
  resolve: (value: unknown) => void;
  reject: (reason: unknown) => void;
}
type Done = { ok: true; value: unknown } | { ok: false; error: unknown };

/**
 * Group commit: whatever is asked for in one turn of the event loop shares a transaction, and with it one fsync.
 * A work that throws an OrreryError or RangeError must not have written anything: it fails alone, the others are committed.
 */
export class CommitQueue {
  readonly #db: Database.Database;
  #waiting: Waiting[] = [];
  #scheduled = false;
  #closed = false;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  submit<T>(work: () => T): Promise<T> {
    if (this.#closed) return Promise.reject(new OrreryError("JOURNAL_CLOSED", "The journal is closed", { todo: "Start Orrery again." }));
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
      if (this.#scheduled) return;
      this.#scheduled = true;
      setImmediate(() => this.flush());
    });
  }

  flush(): void {
    this.#scheduled = false;
    const group = this.#waiting;
    this.#waiting = [];
    if (group.length === 0) return;
    try {
      settle(group, this.#commit(group));
    } catch (thrown) {
      if (group.length === 1) settle(group, [{ ok: false, error: sqliteError(thrown, "JOURNAL") }]);
      // One of them may have spoilt it for all: each alone.
      else for (const one of group) this.#alone(one);
    }
  }

  close(): void {
    this.#closed = true;
    this.flush();
  }

  #alone(one: Waiting): void {
    try {
      settle([one], this.#commit([one]));
    } catch (thrown) {
      one.reject(sqliteError(thrown, "JOURNAL"));
    }
  }

  #commit(group: readonly Waiting[]): Done[] {
    return this.#db
      .transaction(() =>
        group.map(({ work }): Done => {
          try {
            return { ok: true, value: work() };
          } catch (error) {
            if (error instanceof OrreryError || error instanceof RangeError) return { ok: false, error };
            throw error;
          }
        }),
      )
      .immediate();
  }
}

function settle(group: readonly Waiting[], done: readonly Done[]): void {
  group.forEach((one, i) => {
    const outcome = done[i];
    if (outcome?.ok) one.resolve(outcome.value);
    else one.reject(outcome?.error);
  });
}
