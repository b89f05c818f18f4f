import { firstBroken, journalBroken, type JournalEntry, journalExists, journalHeld, journalUnfinished } from "@orrery/sdk";
import { Dexie } from "dexie";
import type { JournalDatabase, RunRow } from "../database.ts";
import { sha256 } from "./hash.ts";

/** A whole run as another journal wrote it, with the row that follows from its entries. */
export async function adoptRun(database: JournalDatabase, run: string, entries: readonly JournalEntry[], row: RunRow): Promise<void> {
  const broken = await firstBroken(run, entries, sha256);
  if (broken !== undefined) throw journalBroken(run, broken);
  await database.transaction("rw", database.entries, database.runs, async () => {
    if (await database.runs.get(run)) throw journalExists(run);
    await database.entries.bulkAdd(entries.map(({ seq: _, ...entry }) => entry) as JournalEntry[]);
    await database.runs.put(row);
  });
}

export async function forgetRun(database: JournalDatabase, run: string, held: boolean): Promise<void> {
  await database.transaction("rw", database.entries, database.runs, async () => {
    const row = await database.runs.get(run);
    if (!row || row.events === 0) return;
    if (row.endedAt === undefined) throw journalUnfinished(run);
    if (held) throw journalHeld(run, "another tab");
    await database.entries.where("[run+idx]").between([run, Dexie.minKey], [run, Dexie.maxKey]).delete();
    await database.runs.delete(run);
  });
}
