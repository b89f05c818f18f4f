import { OrreryError } from "../error.ts";
import type { Journal, RunSummary } from "../journal.ts";
import type { Storage } from "../host-services.ts";
import { archiveNamespace, type ImportedRun, type Retention } from "../retention.ts";
import type { Workspace } from "../workspace.ts";
import { readRunFile, writeRunFile } from "./run-file.ts";

/** Where runs are kept. Without a workspace no run has files. */
export interface Archive {
  journal: Journal;
  workspace: Workspace | undefined;
  storage: Storage;
}

/** A run as a file that any Orrery reads. Throws RUN_UNKNOWN. */
export async function exportRun({ journal, workspace }: Archive, run: string): Promise<string> {
  const entries = await journal.read(run);
  if (entries.length === 0) throw new OrreryError("RUN_UNKNOWN", `There is no run "${run}".`, { todo: "`orrery runs` lists them." });
  const files = [];
  for (const { path } of (await workspace?.list(run)) ?? [])
    for (const { version } of (await workspace?.versions(run, path)) ?? []) files.push((await workspace?.read(run, path, version)) ?? []);
  return writeRunFile(run, entries, files.flat());
}

/** Keeps the run of a file beside those there are. Throws RUN_FILE_*, RUN_EXISTS; nothing is kept then. */
export async function importRun({ journal, workspace, storage }: Archive, text: string): Promise<ImportedRun> {
  const { run, entries, files } = await readRunFile(text);
  const there = await journal.head(run);
  if (there) {
    const same = there.head === entries.at(-1)?.hash;
    throw new OrreryError(
      "RUN_EXISTS",
      `There is a run ${run} here already, ${same ? "the same to its last entry" : "and it is not the one in the file"}. Nothing was changed.`,
      {
        todo: same ? "`orrery run show` shows it." : "Look where the file comes from: no two runs have one name.",
      },
    );
  }
  if (files.length > 0 && !workspace)
    throw new OrreryError("WORKSPACE_MISSING", `Run ${run} has files, and no plugin that keeps files is active. Nothing was kept.`, {
      todo: "See `orrery plugins` for why orrery.workspace is not active.",
    });
  await workspace?.removeFiles(run);
  try {
    // Files first: a run that is listed has them all.
    for (const { path, from, bytes } of files.toSorted((a, b) => a.version - b.version)) await workspace?.write(run, path, bytes, from);
    await storage.open(archiveNamespace).set(run, { imported: true });
    await journal.adopt(run, entries);
  } catch (thrown) {
    await workspace?.removeFiles(run);
    if ((thrown as { code?: unknown }).code !== "JOURNAL_BROKEN") throw thrown;
    throw new OrreryError("RUN_FILE_FORGED", `The file is not what was exported: ${(thrown as Error).message}`, {
      todo: "Get it again from where the run was made.",
      cause: thrown,
    });
  }
  return { run, events: entries.length, files: files.length, head: entries.at(-1)?.hash ?? "" };
}

/**
 * Takes out runs that are over, with their files: those beyond the newest `keep`, those that ended longer than `olderThanMs` ago; where both
 * are given, what is one and the other. A run without an end, or that somebody holds, stays. `forget` takes out what else the host keeps of them.
 */
export async function pruneRuns(
  { journal, workspace, storage }: Archive,
  { olderThanMs, keep, dryRun = false }: Retention,
  now: number,
  forget: (runs: readonly string[]) => Promise<void>,
): Promise<RunSummary[]> {
  if (olderThanMs === undefined && keep === undefined) return [];
  const over = (await journal.runs({ limit: 1_000_000 })).filter(({ endedAt }) => endedAt !== undefined);
  const wanted = over.slice(keep ?? 0).filter(({ endedAt = now }) => olderThanMs === undefined || now - endedAt >= olderThanMs);
  const gone: RunSummary[] = [];
  for (const each of wanted) if (!(await journal.held(each.run))) gone.push(each);
  if (dryRun || gone.length === 0) return gone;
  await forget(gone.map(({ run }) => run));
  for (const { run } of gone) {
    await workspace?.removeFiles(run);
    await storage.open(archiveNamespace).delete(run);
    // Last: what breaks off before it is done again the next time.
    await journal.forget(run);
  }
  return gone;
}
