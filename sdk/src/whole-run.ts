import { OrreryError } from "./error.ts";
import { genesis, hashInput, type JournalEntry } from "./journal.ts";

/** Index of the first of a whole run's entries that is not what the chain says; undefined where all are. */
export async function firstBroken(
  run: string,
  entries: readonly JournalEntry[],
  hash: (text: string) => string | Promise<string>,
): Promise<number | undefined> {
  let prevHash = genesis;
  for (const [i, entry] of entries.entries()) {
    if (entry.run !== run || entry.idx !== i || entry.prevHash !== prevHash || (await hash(hashInput(entry))) !== entry.hash) return i;
    prevHash = entry.hash;
  }
  return entries.length === 0 ? 0 : undefined;
}

export const journalBroken = (run: string, at: number): OrreryError =>
  new OrreryError("JOURNAL_BROKEN", `Entry ${at} of run ${run} is not what its chain says: it was changed, or others are missing. Nothing was kept.`, {
    todo: "Get the run again from where it was made.",
  });
export const journalExists = (run: string): OrreryError =>
  new OrreryError("JOURNAL_EXISTS", `There is a run ${run} here already. Nothing was changed.`, { todo: "`orrery run show` shows it." });
export const journalUnfinished = (run: string): OrreryError =>
  new OrreryError("JOURNAL_UNFINISHED", `Run ${run} has not ended. Nothing was taken out.`, { todo: "Cancel it first: orrery run cancel RUN." });
export const journalHeld = (run: string, by: string): OrreryError =>
  new OrreryError("JOURNAL_HELD", `Run ${run} is carried on by ${by}.`, { todo: "Leave it to that one, or end it first." });
