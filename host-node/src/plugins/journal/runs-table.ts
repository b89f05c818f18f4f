import { type JournalEntry, type RunQuery, standingAfter, unstarted } from "@orrery/sdk";
import type Database from "better-sqlite3";
import { type RunRow, standingOf } from "./rows.ts";

/** The list of runs: kept from the entries that say how a run stands, in their transaction. */
export class RunsTable {
  readonly #db: Database.Database;
  readonly #get: Database.Statement<[string], RunRow>;
  readonly #stand: Database.Statement<(string | number | null)[]>;
  readonly #grow: Database.Statement<(string | number)[]>;

  constructor(db: Database.Database) {
    this.#db = db;
    this.#get = db.prepare("SELECT * FROM runs WHERE run = ?");
    this.#stand = db.prepare(
      `INSERT INTO runs(run, thread, task, status, workspace, started_at, ended_at, paused, gates, events, bytes, head) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, '')
       ON CONFLICT(run) DO UPDATE SET thread = excluded.thread, task = excluded.task, status = excluded.status, workspace = excluded.workspace,
         started_at = excluded.started_at, ended_at = excluded.ended_at, paused = excluded.paused, gates = excluded.gates`,
    );
    this.#grow = db.prepare("UPDATE runs SET events = events + ?, bytes = bytes + ?, head = ? WHERE run = ?");
  }

  get(run: string): RunRow | undefined {
    return this.#get.get(run);
  }

  follow(run: string, written: readonly JournalEntry[], bytes: number): void {
    const last = written.at(-1);
    if (!last) return;
    // Most entries say nothing of how the run stands: for those the row is not even read.
    if (written.some(({ idx, type }) => idx === 0 || telling.test(type))) this.#restand(run, written);
    this.#grow.run(written.length, bytes, last.hash, run);
  }

  /** A `limit` of -1: all of them. */
  list(query: RunQuery): RunRow[] {
    const where: string[] = [];
    const values: (string | number)[] = [];
    const also = (condition: string, value: string | number | undefined) => {
      if (value === undefined) return;
      where.push(condition);
      values.push(value);
    };
    also("thread = ?", query.thread);
    also("workspace = ?", query.workspace);
    also("started_at < ?", query.before);
    if (query.status === "unfinished") where.push("ended_at IS NULL");
    else also("status = ?", query.status);
    also("(started_at, run) < (SELECT started_at, run FROM runs WHERE run = ?)", query.after);
    const filter = where.length > 0 ? `WHERE ${where.join(" AND ")}` : "";
    return this.#db
      .prepare<(string | number)[], RunRow>(`SELECT * FROM runs ${filter} ORDER BY started_at DESC, run DESC LIMIT ?`)
      .all(...values, query.limit ?? 50);
  }

  #restand(run: string, written: readonly JournalEntry[]): void {
    const row = this.#get.get(run);
    const before = row ? standingOf(row) : { ...unstarted, thread: run };
    const { thread, task, status, workspace, startedAt, endedAt, paused, gates } = written.reduce(standingAfter, before);
    this.#stand.run(run, thread, task, status, workspace, startedAt, endedAt ?? null, paused ? 1 : 0, gates);
  }
}

const telling = /^(run|gate)\./;
