import { OrreryError, genesis, hashInput, type Journal, type Json, type JournalEntry, type NewEntry, type RunSummary } from "@orrery/sdk";
import { Dexie } from "dexie";
import type { JournalDatabase, RunRow } from "../database.ts";
import { byteLength, hashEntry } from "./hash.ts";
import type { RunLocks } from "./run-locks.ts";

type Batch = { run: string; epoch: number; expect: number; entries: NewEntry[] };

const emptyRow = (run: string): RunRow => ({
  run,
  thread: "",
  task: "",
  status: "running",
  workspace: "",
  startedAt: 0,
  events: 0,
  bytes: 0,
  head: genesis,
  epoch: 0,
});

/** The journal in IndexedDB. A batch is hashed before its transaction opens: awaiting WebCrypto inside would close it. */
export class DexieJournal implements Journal {
  readonly #database: JournalDatabase;
  readonly #locks: RunLocks;
  readonly #tails = new Map<string, Promise<unknown>>();

  constructor(database: JournalDatabase, locks: RunLocks) {
    this.#database = database;
    this.#locks = locks;
  }

  append(batch: Batch): Promise<JournalEntry[]> {
    // Hashing is asynchronous: two appends of one run made at the same moment keep their order.
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
    const before = (await this.#database.runs.get(batch.run)) ?? emptyRow(batch.run);
    admit(batch, before);
    const chained = await chain(batch, before.head);
    const written = await this.#database.transaction("rw", this.#database.entries, this.#database.runs, async () => {
      const row = (await this.#database.runs.get(batch.run)) ?? emptyRow(batch.run);
      admit(batch, row);
      if (row.head !== before.head) throw conflict(batch, row);
      const keys = await this.#database.entries.bulkAdd(chained as JournalEntry[], { allKeys: true });
      await this.#database.runs.put(project(row, chained));
      return chained.map((entry, i) => ({ ...entry, seq: Number(keys[i]) }));
    });
    if (written.some((entry) => entry.type === "run.finished")) this.#locks.release(batch.run);
    return written;
  }

  async lease(run: string): Promise<number> {
    await this.#locks.take(run);
    return this.#database.transaction("rw", this.#database.runs, async () => {
      const row = (await this.#database.runs.get(run)) ?? emptyRow(run);
      const epoch = row.epoch + 1;
      await this.#database.runs.put({ ...row, epoch });
      return epoch;
    });
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
  async runs(query: { thread?: string; workspace?: string; limit?: number; before?: number } = {}): Promise<RunSummary[]> {
    const rows = await this.#database.runs
      .orderBy("startedAt")
      .reverse()
      .filter(
        (row) =>
          row.events > 0 &&
          (query.thread === undefined || row.thread === query.thread) &&
          (query.workspace === undefined || row.workspace === query.workspace) &&
          (query.before === undefined || row.startedAt < query.before),
      )
      .limit(query.limit ?? 100)
      .toArray();
    const held = rows.some((row) => row.status === "running") ? await this.#locks.held() : new Set<string>();
    return rows.map(({ epoch: _, ...row }) => (row.status === "running" && !held.has(row.run) ? { ...row, status: "interrupted" } : row));
  }

  async verify(run: string) {
    const entries = await this.read(run);
    let prevHash = genesis;
    for (const [i, entry] of entries.entries()) {
      const { hash, seq: _, ...rest } = entry;
      if (entry.idx !== i || entry.prevHash !== prevHash || (await hashEntry(rest)) !== hash) return { ok: false, events: entries.length, brokenAt: i };
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

async function chain(batch: Batch, head: string): Promise<Omit<JournalEntry, "seq">[]> {
  const chained: Omit<JournalEntry, "seq">[] = [];
  let prevHash = head;
  for (const [i, { type, actor, workspace, data, ts }] of batch.entries.entries()) {
    // As JSON has it: what is read back is what was hashed, in every store.
    const plain = JSON.parse(JSON.stringify(data)) as Json;
    const entry = { run: batch.run, idx: batch.expect + i, type, actor, workspace, data: plain, ts, prevHash };
    prevHash = await hashEntry(entry);
    chained.push({ ...entry, hash: prevHash });
  }
  return chained;
}

/** The run's row after these entries: its summary is read off the entries and nothing else. */
function project(row: RunRow, entries: Omit<JournalEntry, "seq">[]): RunRow {
  const next = { ...row };
  for (const entry of entries) {
    next.events += 1;
    next.bytes += byteLength(hashInput(entry));
    next.head = entry.hash;
    const data = entry.data as { task?: { thread?: string; text?: string }; status?: string };
    if (entry.type === "run.submitted") {
      next.thread = data.task?.thread ?? "";
      next.task = data.task?.text ?? "";
      next.workspace = entry.workspace;
      next.startedAt = entry.ts;
      next.status = "running";
    }
    if (entry.type === "run.finished") {
      next.status = data.status ?? "failed";
      next.endedAt = entry.ts;
    }
  }
  return next;
}
