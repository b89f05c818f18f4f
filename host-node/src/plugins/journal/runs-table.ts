import { events, type JournalEntry } from "@orrery/sdk";
import type Database from "better-sqlite3";
import type { RunRow } from "./rows.ts";

/** The list of runs: kept from `run.submitted` and `run.finished` entries, in their transaction. */
export class RunsTable {
  readonly #db: Database.Database;
  readonly #get: Database.Statement<[string], RunRow>;
  readonly #open: Database.Statement<(string | number)[]>;
  readonly #grow: Database.Statement<(string | number)[]>;
  readonly #end: Database.Statement<(string | number)[]>;

  constructor(db: Database.Database) {
    this.#db = db;
    this.#get = db.prepare("SELECT * FROM runs WHERE run = ?");
    this.#open = db.prepare(
      "INSERT INTO runs(run, thread, task, status, workspace, started_at, events, bytes, head) VALUES(?, ?, ?, 'running', ?, ?, 0, 0, '') ON CONFLICT(run) DO NOTHING",
    );
    this.#grow = db.prepare("UPDATE runs SET events = events + ?, bytes = bytes + ?, head = ? WHERE run = ?");
    this.#end = db.prepare("UPDATE runs SET status = ?, ended_at = ? WHERE run = ?");
  }

  get(run: string): RunRow | undefined {
    return this.#get.get(run);
  }

  follow(run: string, written: readonly JournalEntry[], bytes: number): void {
    const last = written.at(-1);
    if (!last) return;
    for (const entry of written) {
      if (entry.idx === 0) {
        const submitted = entry.type === "run.submitted" ? events["run.submitted"].safeParse(entry.data).data : undefined;
        this.#open.run(run, submitted?.task.thread ?? run, submitted?.task.text ?? "", entry.workspace, entry.ts);
      }
      const finished = entry.type === "run.finished" ? events["run.finished"].safeParse(entry.data).data : undefined;
      if (finished) this.#end.run(finished.status, entry.ts, run);
    }
    this.#grow.run(written.length, bytes, last.hash, run);
  }

  list(query: { thread?: string; workspace?: string; limit?: number; before?: number }): RunRow[] {
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
    const filter = where.length > 0 ? `WHERE ${where.join(" AND ")}` : "";
    return this.#db
      .prepare<(string | number)[], RunRow>(`SELECT * FROM runs ${filter} ORDER BY started_at DESC, run DESC LIMIT ?`)
      .all(...values, query.limit ?? 50);
  }
}
