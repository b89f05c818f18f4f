import { OrreryError } from "../error.ts";
import type { Journal, RunSummary } from "../journal.ts";
import type { Storage } from "../host-services.ts";
import { archiveNamespace, type ImportedRun, type Retention } from "../retention.ts";
import { forgetDigest } from "../run-digest.ts";
import { sha256 } from "../sha256.ts";
import { fileChanged, type Workspace } from "../workspace.ts";
import { type FilesHeld, filesHeld, type FileVersion } from "./files-held.ts";
import { readRunFile, type RunFile, writeRunFile } from "./run-file.ts";
import { runUnknown, storedOf } from "./verify-run.ts";

/** Where runs are kept. Without a workspace no run has files. */
export interface Archive {
  journal: Journal;
  workspace: Workspace | undefined;
  storage: Storage;
}

/** A run as a file that any Orrery reads. Throws RUN_UNKNOWN, FILE_CHANGED. */
export async function exportRun({ journal, workspace }: Archive, run: string): Promise<string> {
  const entries = await journal.read(run);
  if (entries.length === 0) throw runUnknown(run);
  const stored = await storedOf(workspace, run);
  const files = [];
  for (const { path, version } of stored) files.push((await workspace?.read(run, path, version)) ?? []);
  const kept = new Map(files.flat().map(({ file, bytes }) => [nameOf(file), file.sha256 ?? bytes]));
  const { changed, unheld } = await filesHeld(entries, stored, workspace && (async (file) => hashed(kept.get(nameOf(file)))));
  const [first] = changed;
  if (first) throw fileChanged(run, first, first.expected, first.found);
  if (!workspace && unheld.length > 0) throw workspaceMissing(run, "written");
  return writeRunFile(run, entries, files.flat());
}

const nameOf = ({ path, version }: FileVersion): string => `${version} ${path}`;
const hashed = async (content: Uint8Array | string | undefined): Promise<string | undefined> => (content instanceof Uint8Array ? sha256(content) : content);
const workspaceMissing = (run: string, done: "kept" | "written"): OrreryError =>
  new OrreryError("WORKSPACE_MISSING", `Run ${run} has files, and no plugin that keeps files is active. Nothing was ${done}.`, {
    todo: "See `orrery plugins` for why orrery.workspace is not active.",
  });
const forged = (what: string, cause?: unknown): OrreryError =>
  new OrreryError("RUN_FILE_FORGED", `The file is not what was exported: ${what}`, { todo: "Get it again from where the run was made.", cause });

/** Keeps the run of a file beside those there are. Throws RUN_FILE_*, RUN_EXISTS; nothing is kept then. */
export async function importRun({ journal, workspace, storage }: Archive, text: string): Promise<ImportedRun> {
  const { run, entries, files } = await readRunFile(text);
  const { changed, unheld } = await filesOf({ entries, files });
  for (const { path, version, expected, found = "it is not in the file" } of changed)
    throw forged(`${JSON.stringify(path.slice(0, 240))}, version ${version}: its entry has the SHA-256 ${expected}; found: ${found}. Nothing was kept.`);
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
  if (files.length > 0 && !workspace) throw workspaceMissing(run, "kept");
  await workspace?.removeFiles(run);
  try {
    // Files first: a run that is listed has them all.
    await workspace?.restoreFiles(run, files);
    await storage.open(archiveNamespace).set(run, { imported: true });
    await journal.adopt(run, entries);
  } catch (thrown) {
    await workspace?.removeFiles(run);
    if ((thrown as { code?: unknown }).code !== "JOURNAL_BROKEN") throw thrown;
    throw forged((thrown as Error).message, thrown);
  }
  return { run, events: entries.length, files: files.length, unheld: unheld.length, head: entries.at(-1)?.hash ?? "" };
}

/** What the entries of a file say of the files in it. */
function filesOf({ entries, files }: Pick<RunFile, "entries" | "files">): Promise<FilesHeld> {
  const content = new Map(files.map((file) => [nameOf(file), file.bytes]));
  return filesHeld(entries, files, async (file) => hashed(content.get(nameOf(file))));
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
    await forgetDigest(storage, run);
    // Last: what breaks off before it is done again the next time.
    await journal.forget(run);
  }
  return gone;
}
