import {
  OrreryError,
  genesis,
  hashInput,
  type Journal,
  type Json,
  type JournalEntry,
  type NewEntry,
  type RunQuery,
  type RunSummary,
  standingAfter,
  unstarted,
} from "@orrery/sdk";
import { Dexie } from "dexie";
import type { JournalDatabase, RunRow } from "../database.ts";
import { byteLength, hashEntry } from "./hash.ts";
import { storageFull } from "../storage-full.ts";
import type { RunLocks } from "./run-locks.ts";

type Batch = { run: string; epoch: number; expect: number; entries: NewEntry[] };

const emptyRow = (run: string): RunRow => ({ run, ...unstarted, events: 0, bytes: 0, head: genesis, epoch: 0 });

/** The journal in IndexedDB. A batch is hashed within its transaction, which awaiting WebCrypto would close. */
export class DexieJournal implements Journal {
  readonly #database: JournalDatabase;
  readonly #locks: RunLocks;
  readonly #tails = new Map<string, Promise<unknown>>();

  constructor(database: JournalDatabase, locks: RunLocks) {
    this.#database = database;
    this.#locks = locks;
  }

  append(batch: Batch): Promise<JournalEntry[]> {
    // Two appends of one run made at the same moment keep their order.
    const appended = (this.#tails.get(batch.run) ?? Promise.resolve()).then(() => this.#append(batch));
    const tail = appended
      .catch(() => undefined)
      .then(() => {
        if (this.#tails.get(batch.run) === tail) this.#tails.delete(batch.run);
      });
    this.#tails.set(batch.run, tail);
    return appended;
  }

  async #append(batch: Batch): Promise<JournalEntry[]> {
    const writing = this.#database.transaction("rw", this.#database.entries, this.#database.runs, async () => {
      const row = (await this.#database.runs.get(batch.run)) ?? emptyRow(batch.run);
      admit(batch, row);
      const chained = chain(batch, row.head);
      const keys = await this.#database.entries.bulkAdd(chained as JournalEntry[], { allKeys: true });
      await this.#database.runs.put(project(row, chained));
      return chained.map((entry, i) => ({ ...entry, seq: Number(keys[i]) }));
    });
    const written = await writing.catch((thrown: unknown) => {
      throw storageFull(thrown);
    });
    if (written.some((entry) => entry.type === "run.finished")) await this.#locks.release(batch.run);
    return written;
  }

  async lease(run: string, { unlessHeld = false }: { unlessHeld?: boolean } = {}): Promise<number> {
    if (!(await this.#locks.take(run, unlessHeld))) {
      throw new OrreryError("JOURNAL_HELD", `Run ${run} is carried on by another tab`, { todo: "Look for it there, or close that tab first." });
    }
    return this.#database.transaction("rw", this.#database.runs, async () => {
      const row = (await this.#database.runs.get(run)) ?? emptyRow(run);
      const epoch = row.epoch + 1;
      await this.#database.runs.put({ ...row, epoch });
      return epoch;
    });
  }

  async release(run: string, epoch: number): Promise<void> {
    if ((await this.#database.runs.get(run))?.epoch === epoch) await this.#locks.release(run);
  }

  async held(run: string): Promise<boolean> {
    return (await this.#locks.held()).has(run);
  }

  read(run: string, from = 0, limit = Number.POSITIVE_INFINITY): Promise<JournalEntry[]> {
    const entries = this.#database.entries.where("[run+idx]").between([run, from], [run, Dexie.maxKey]);
    return (Number.isFinite(limit) ? entries.limit(limit) : entries).toArray();
  }

  async head(run: string) {
    const row = await this.#database.runs.get(run);
    return row && row.events > 0 ? { run, events: row.events, bytes: row.bytes, head: row.head } : undefined;
  }

  /** A run left "running" by a tab that closed is told as "interrupted": nobody holds its lock. */
  async runs(query: RunQuery = {}): Promise<RunSummary[]> {
    const held = await this.#locks.held();
    const told = (row: RunRow): string => (row.status === "running" && !held.has(row.run) ? "interrupted" : row.status);
    const last = query.after === undefined ? undefined : await this.#database.runs.get(query.after);
    if (query.after !== undefined && !last) return [];
    const rows = await this.#database.runs
      .orderBy("startedAt")
      .reverse()
      .filter(
        (row) =>
          row.events > 0 &&
          (query.thread === undefined || row.thread === query.thread) &&
          (query.workspace === undefined || row.workspace === query.workspace) &&
          (query.before === undefined || row.startedAt < query.before) &&
          (last === undefined || row.startedAt < last.startedAt || (row.startedAt === last.startedAt && row.run < last.run)) &&
          (query.status === undefined || (query.status === "unfinished" ? row.endedAt === undefined : told(row) === query.status)),
      )
      .limit(query.limit ?? 100)
      .toArray();
    return rows.map((row) => {
      const { epoch: _e, paused: _p, gates: _g, ...summary } = row;
      return { ...summary, status: told(row) };
    });
  }

  async adopt(run: string, entries: readonly JournalEntry[]): Promise<void> {
    const { adoptRun } = await import("./whole-runs.ts");
    return adoptRun(this.#database, run, entries, project(emptyRow(run), [...entries]));
  }

  async forget(run: string): Promise<void> {
    const { forgetRun } = await import("./whole-runs.ts");
    return forgetRun(this.#database, run, await this.held(run));
  }

  async verify(run: string) {
    const entries = await this.read(run);
    let prevHash = genesis;
    for (const [i, entry] of entries.entries()) {
      const { hash, seq: _, ...rest } = entry;
      if (entry.idx !== i || entry.prevHash !== prevHash || hashEntry(rest) !== hash) return { ok: false, events: entries.length, brokenAt: i };
      prevHash = hash;
    }
    const row = await this.#database.runs.get(run);
    const whole = (row?.events ?? 0) === entries.length && (row?.head ?? genesis) === prevHash;
    return whole ? { ok: true, events: entries.length } : { ok: false, events: entries.length, brokenAt: Math.min(entries.length, row?.events ?? 0) };
  }
}

function conflict(batch: Batch, row: RunRow): OrreryError {
  return new OrreryError("JOURNAL_CONFLICT", `Run ${batch.run} is at entry ${row.events}, not ${batch.expect}: nothing was written`, {
    todo: "Read the run again from there and decide anew.",
  });
}

function admit(batch: Batch, row: RunRow): void {
  if (batch.epoch < row.epoch) {
    throw new OrreryError("JOURNAL_FENCED", `Run ${batch.run} was taken over (epoch ${row.epoch}, this writer has ${batch.epoch}): nothing was written`, {
      todo: "Stop: another tab carries this run on.",
    });
  }
  if (batch.expect !== row.events) throw conflict(batch, row);
}

function chain(batch: Batch, head: string): Omit<JournalEntry, "seq">[] {
  const chained: Omit<JournalEntry, "seq">[] = [];
  let prevHash = head;
  for (const [i, { type, actor, workspace, data, ts }] of batch.entries.entries()) {
    // As JSON has it: what is read back is what was hashed, in every store.
    const plain = JSON.parse(JSON.stringify(data)) as Json;
    const entry = { run: batch.run, idx: batch.expect + i, type, actor, workspace, data: plain, ts, prevHash };
    prevHash = hashEntry(entry);
    chained.push({ ...entry, hash: prevHash });
  }
  return chained;
}

/** The run's row after these entries: its summary is read off the entries and nothing else. */
function project(row: RunRow, entries: Omit<JournalEntry, "seq">[]): RunRow {
  return entries.reduce(
    (next, entry) => ({ ...next, ...standingAfter(next, entry), events: next.events + 1, bytes: next.bytes + byteLength(hashInput(entry)), head: entry.hash }),
    // Rows of the first version have no counts.
    { ...row, paused: row.paused ?? false, gates: row.gates ?? 0 },
  );
}
