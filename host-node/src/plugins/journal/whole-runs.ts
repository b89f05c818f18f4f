import { hashInput, journalExists, journalHeld, journalUnfinished, type JournalEntry } from "@orrery/sdk";
import type Database from "better-sqlite3";
import type { LeasesTable } from "./leases-table.ts";
import type { RunsTable } from "./runs-table.ts";

/** Runs that come and go as a whole. Everything that can be refused is refused before the first row is written. */
export class WholeRuns {
  readonly #runs: RunsTable;
  readonly #leases: LeasesTable;
  readonly #db: Database.Database;

  constructor(db: Database.Database, runs: RunsTable, leases: LeasesTable) {
    this.#db = db;
    this.#runs = runs;
    this.#leases = leases;
  }

  /** Entries whose chain holds. */
  adopt(run: string, entries: readonly JournalEntry[]): void {
    if (this.#runs.get(run) || this.#leases.epoch(run) > 0) throw journalExists(run);
    this.#db.prepare("DELETE FROM forgotten WHERE run = ?").run(run);
    const insert = this.#db.prepare("INSERT INTO events(run, idx, type, actor, workspace, data, ts, prev_hash, hash) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)");
    let bytes = 0;
    for (const entry of entries) {
      const { idx, type, actor, workspace, data, ts, prevHash, hash } = entry;
      insert.run(run, idx, type, actor, workspace, JSON.stringify(data), ts, prevHash, hash);
      bytes += Buffer.byteLength(hashInput(entry));
    }
    this.#runs.follow(run, entries, bytes);
  }

  forget(run: string, now: number): void {
    const row = this.#runs.get(run);
    if (!row) return;
    if (row.ended_at === null) throw journalUnfinished(run);
    if (this.#leases.held(run, now)) throw journalHeld(run, "another process");
    this.#db.prepare("INSERT OR REPLACE INTO forgotten(run, events, head, at) VALUES(?, ?, ?, ?)").run(run, row.events, row.head, now);
    for (const table of ["events", "runs", "leases"]) this.#db.prepare(`DELETE FROM ${table} WHERE run = ?`).run(run);
  }
}
