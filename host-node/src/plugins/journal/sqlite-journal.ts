import { hash } from "node:crypto";
import {
  firstBroken,
  genesis,
  hashInput,
  type Journal,
  journalBroken,
  type JournalEntry,
  type NewEntry,
  OrreryError,
  type RunHead,
  type RunQuery,
  type RunSummary,
} from "@orrery/sdk";
import type Database from "better-sqlite3";
import { CommitQueue } from "./commit-queue.ts";
import { LeasesTable } from "./leases-table.ts";
import { type EventRow, type RunRow, entryOf, headOf, summaryOf } from "./rows.ts";
import { RunsTable } from "./runs-table.ts";
import { WholeRuns } from "./whole-runs.ts";

type Batch = Parameters<Journal["append"]>[0];

/** The journal contract over one SQLite file, shared by any number of processes. */
export class SqliteJournal implements Journal {
  readonly #queue: CommitQueue;
  readonly #runs: RunsTable;
  readonly #leases: LeasesTable;
  readonly #whole: WholeRuns;
  readonly #now: () => number;
  readonly #end: Database.Statement<[string, string], { epoch: number | null; events: number | null; head: string | null }>;
  readonly #insert: Database.Statement<(string | number)[]>;
  readonly #read: Database.Statement<[string, number, number], EventRow>;
  readonly #check: Database.Transaction<(run: string) => Awaited<ReturnType<Journal["verify"]>>>;

  constructor(db: Database.Database, now: () => number = Date.now) {
    this.#now = now;
    this.#queue = new CommitQueue(db);
    this.#runs = new RunsTable(db);
    this.#leases = new LeasesTable(db);
    this.#whole = new WholeRuns(db, this.#runs, this.#leases);
    this.#end = db.prepare("SELECT (SELECT epoch FROM leases WHERE run = ?) AS epoch, events, head FROM (SELECT 1) LEFT JOIN runs ON runs.run = ?");
    this.#insert = db.prepare("INSERT INTO events(run, idx, type, actor, workspace, data, ts, prev_hash, hash) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)");
    this.#read = db.prepare("SELECT * FROM events WHERE run = ? AND idx >= ? ORDER BY idx LIMIT ?");
    // One snapshot: entries another process adds meanwhile are not half seen.
    this.#check = db.transaction((run) => this.#verify(run));
  }

  append(batch: Batch): Promise<JournalEntry[]> {
    return this.#queue.submit(() => this.#append(batch));
  }

  lease(run: string, { unlessHeld = false }: { unlessHeld?: boolean } = {}): Promise<number> {
    return this.#queue.submit(() => this.#leases.take(run, this.#now(), unlessHeld));
  }

  release(run: string, epoch: number): Promise<void> {
    return this.#queue.submit(() => this.#leases.end(run, epoch));
  }

  async held(run: string): Promise<boolean> {
    return this.#leases.held(run, this.#now());
  }

  /** Keeps this process's leases; asked for well within `leaseMs`. */
  beat(): Promise<void> {
    return this.#queue.submit(() => this.#leases.renew(this.#now()));
  }

  async read(run: string, from = 0, limit = Number.MAX_SAFE_INTEGER): Promise<JournalEntry[]> {
    return this.#read.all(run, from, limit).map(entryOf);
  }

  async head(run: string): Promise<RunHead | undefined> {
    const row = this.#runs.get(run);
    return row && headOf(row);
  }

  async runs(query: RunQuery = {}): Promise<RunSummary[]> {
    const now = this.#now();
    const told = (run: RunSummary): RunSummary => (run.status === "running" && !this.#leases.held(run.run, now) ? { ...run, status: "interrupted" } : run);
    const { status, limit = 50 } = query;
    if (status !== "running" && status !== "interrupted") return this.#runs.list(query).map(summaryOf).map(told);
    // Which of the two a run is, its lease says and not its row.
    const open = this.#runs
      .list({ ...query, status: "running", limit: -1 })
      .map(summaryOf)
      .map(told);
    return open.filter((run) => run.status === status).slice(0, limit);
  }

  async adopt(run: string, entries: readonly JournalEntry[]): Promise<void> {
    const broken = await firstBroken(run, entries, sha256);
    if (broken !== undefined) throw journalBroken(run, broken);
    await this.#queue.submit(() => this.#whole.adopt(run, entries));
  }

  forget(run: string): Promise<void> {
    return this.#queue.submit(() => this.#whole.forget(run, this.#now()));
  }

  async verify(run: string) {
    return this.#check.deferred(run);
  }

  #verify(run: string): Awaited<ReturnType<Journal["verify"]>> {
    let prevHash = genesis;
    let expected = 0;
    for (;;) {
      const rows = this.#read.all(run, expected, 500);
      for (const row of rows) {
        if (row.idx !== expected || !holds(row, prevHash)) return { ok: false, events: expected, brokenAt: expected };
        prevHash = row.hash;
        expected += 1;
      }
      if (rows.length < 500) break;
    }
    // Entries cut off at the end leave a chain that holds: the run's head, kept apart, knows how long it was.
    const head: RunRow | undefined = this.#runs.get(run);
    if (expected > 0 || head) {
      if (!head || head.events !== expected || head.head !== prevHash)
        return { ok: false, events: expected, brokenAt: Math.min(expected, head?.events ?? expected) };
    }
    return { ok: true, events: expected };
  }

  /** Commits what waits; later appends are refused. */
  close(): void {
    this.#queue.close();
  }

  // Everything that can be refused is refused before the first row is written: the commit group relies on it.
  #append({ run, epoch, expect, entries }: Batch): JournalEntry[] {
    const { epoch: leased, events: next, head } = this.#end.get(run, run) ?? {};
    const newest = leased ?? 0;
    if (epoch !== newest) {
      throw new OrreryError("JOURNAL_FENCED", `Run ${run} was taken over: epoch ${epoch} is not its newest, ${newest}`, {
        todo: "Stop working on this run here; whoever holds its lease goes on with it.",
      });
    }
    if (expect !== (next ?? 0)) {
      throw new OrreryError("JOURNAL_CONFLICT", `Run ${run} has ${next ?? 0} entries, not ${expect}`, {
        todo: "Read the run again and append after what is there.",
      });
    }
    const prepared = this.#chain(run, expect, head ?? genesis, entries);
    let bytes = 0;
    const written = prepared.map(({ entry, text, size }) => {
      bytes += size;
      const { lastInsertRowid } = this.#insert.run(run, entry.idx, entry.type, entry.actor, entry.workspace, text, entry.ts, entry.prevHash, entry.hash);
      return { ...entry, seq: Number(lastInsertRowid) };
    });
    this.#runs.follow(run, written, bytes);
    if (written.some(({ type }) => type === "run.finished")) this.#leases.end(run, epoch);
    return written;
  }

  #chain(run: string, next: number, head: string, entries: readonly NewEntry[]) {
    let prevHash = head;
    return entries.map((given, i) => {
      const { type, actor, workspace, ts, data = null } = given;
      const text = JSON.stringify(data);
      const body = { run, idx: next + i, type, actor, workspace, data, ts, prevHash };
      const input = hashInput(body);
      const hash = sha256(input);
      prevHash = hash;
      return { entry: { ...body, hash }, text, size: Buffer.byteLength(input) };
    });
  }
}

function holds(row: EventRow, prevHash: string): boolean {
  if (row.prev_hash !== prevHash) return false;
  try {
    return sha256(hashInput(entryOf(row))) === row.hash;
  } catch {
    return false;
  }
}

const sha256 = (text: string): string => hash("sha256", text);
