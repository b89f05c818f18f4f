import { OrreryError } from "../error.ts";
import { type EventType, events } from "../events.ts";
import { genesis, hashInput, type Journal, type JournalEntry, type RunHead } from "../journal.ts";
import { sha256 } from "../sha256.ts";
import { standingAfter, unstarted } from "../run-standing.ts";
import { firstBroken, journalBroken, journalExists, journalHeld, journalUnfinished } from "../whole-run.ts";

interface Kept {
  epoch: number;
  held: boolean;
  entries: JournalEntry[];
  bytes: number;
}
const sizeOf = (entries: readonly JournalEntry[]): number => entries.reduce((sum, entry) => sum + JSON.stringify(entry.data).length, 0);

/**
 * A journal in memory with the contract of the real ones, and stricter: an entry whose data does not fit its event's schema is refused.
 * `earlier`: what it holds already, as a process that is gone left it.
 */
export function memoryJournal(earlier: readonly JournalEntry[] = []): Journal & { entries(): readonly JournalEntry[] } {
  const runs = new Map<string, Kept>();
  const all: JournalEntry[] = [...earlier];
  // Appends are serialised: hashing is asynchronous and must not interleave.
  let tail: Promise<unknown> = Promise.resolve();
  const of = (run: string) => {
    const found = runs.get(run) ?? { epoch: 0, held: false, entries: [], bytes: 0 };
    runs.set(run, found);
    return found;
  };
  for (const entry of earlier) of(entry.run).entries.push(entry);
  for (const kept of runs.values()) kept.bytes = sizeOf(kept.entries);
  const headOf = (run: string): RunHead | undefined => {
    const found = runs.get(run);
    return found && found.entries.length > 0
      ? { run, events: found.entries.length, bytes: found.bytes, head: found.entries.at(-1)?.hash ?? genesis }
      : undefined;
  };
  const append: Journal["append"] = async ({ run, epoch, expect, entries }) => {
    const record = of(run);
    if (epoch !== record.epoch) throw new OrreryError("JOURNAL_FENCED", `Epoch ${epoch} of run ${run} is over; ${record.epoch} writes now.`);
    if (expect !== record.entries.length) throw new OrreryError("JOURNAL_CONFLICT", `Run ${run} has ${record.entries.length} entries, not ${expect}.`);
    const written: JournalEntry[] = [];
    let prevHash = record.entries.at(-1)?.hash ?? genesis;
    for (const [i, entry] of entries.entries()) {
      const schema = events[entry.type as EventType];
      if (!schema)
        throw new OrreryError("EVENT_UNKNOWN", `"${entry.type}" is not in the event registry.`, { todo: "Add it with its schema to sdk/src/events.ts." });
      schema.parse(entry.data);
      const body = { ...structuredClone(entry), run, idx: expect + i, prevHash };
      prevHash = await sha256(hashInput(body));
      written.push({ ...body, seq: all.length + i + 1, hash: prevHash });
    }
    record.entries.push(...written);
    record.bytes += sizeOf(written);
    if (written.some(({ type }) => type === "run.finished")) record.held = false;
    all.push(...written);
    return written;
  };
  return {
    append(batch) {
      const appended = tail.then(() => append(batch));
      tail = appended.catch(() => undefined);
      return appended;
    },
    async lease(run, { unlessHeld = false } = {}) {
      const record = of(run);
      if (unlessHeld && record.held) throw new OrreryError("JOURNAL_HELD", `Run ${run} is carried on elsewhere.`);
      record.epoch += 1;
      record.held = true;
      return record.epoch;
    },
    async release(run, epoch) {
      const record = runs.get(run);
      if (record?.epoch === epoch) record.held = false;
    },
    held: async (run) => runs.get(run)?.held ?? false,
    async read(run, from = 0, limit = Number.MAX_SAFE_INTEGER) {
      return (runs.get(run)?.entries ?? []).slice(from, from + limit);
    },
    async head(run) {
      return headOf(run);
    },
    async runs({ thread, workspace, limit = 50, before = Number.POSITIVE_INFINITY, status: only, after } = {}) {
      const summaries = [...runs].flatMap(([run, { entries, held }]) => {
        const head = headOf(run);
        if (!head) return [];
        const { paused: _, gates: __, ...standing } = entries.reduce(standingAfter, unstarted);
        return [{ ...head, ...standing, status: standing.status === "running" && !held ? "interrupted" : standing.status }];
      });
      const listed = summaries
        .filter((run) => (!thread || run.thread === thread) && (!workspace || run.workspace === workspace) && run.startedAt < before)
        .filter(({ endedAt, status }) => only === undefined || (only === "unfinished" ? endedAt === undefined : status === only))
        .reverse();
      const from = after === undefined ? 0 : listed.findIndex(({ run }) => run === after) + 1;
      return after !== undefined && from === 0 ? [] : listed.slice(from, from + limit);
    },
    async verify(run) {
      const entries = runs.get(run)?.entries ?? [];
      let prevHash = genesis;
      for (const entry of entries) {
        if (entry.prevHash !== prevHash || (await sha256(hashInput(entry))) !== entry.hash) return { ok: false, events: entries.length, brokenAt: entry.idx };
        prevHash = entry.hash;
      }
      return { ok: true, events: entries.length };
    },
    async adopt(run, entries) {
      const broken = await firstBroken(run, entries, sha256);
      if (broken !== undefined) throw journalBroken(run, broken);
      const record = of(run);
      if (record.entries.length > 0) throw journalExists(run);
      record.entries.push(...entries.map((entry, i) => ({ ...structuredClone(entry), seq: all.length + i + 1 })));
      record.bytes = sizeOf(record.entries);
      all.push(...record.entries);
    },
    async forget(run) {
      const record = runs.get(run);
      if (!record || record.entries.length === 0) return;
      if (!record.entries.some(({ type }) => type === "run.finished")) throw journalUnfinished(run);
      if (record.held) throw journalHeld(run, "somebody");
      runs.delete(run);
      all.splice(0, all.length, ...all.filter((entry) => entry.run !== run));
    },
    entries: () => all,
  };
}
