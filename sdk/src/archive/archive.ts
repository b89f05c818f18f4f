import { OrreryError } from "../error.ts";
import type { Journal, RunSummary } from "../journal.ts";
import type { Storage } from "../host-services.ts";
import { archiveNamespace, type ImportedRun, type Retention } from "../retention.ts";
import { forgetDigest } from "../run-digest.ts";
import { sha256 } from "../sha256.ts";
import { fileChanged, type Workspace } from "../workspace.ts";
import { filesHeld, nameOf } from "./files-held.ts";
import { readRunFile, writeRunFile } from "./run-file.ts";
import { archivedRun, runUnknown, storedOf } from "./verify-run.ts";
import { contentOf, forged } from "./verify-run-file.ts";

/** Where runs are kept. Without a workspace no run has files. */
export interface Archive {
  journal: Journal;
  workspace: Workspace | undefined;
  storage: Storage;
  /** Bytes of the documents a run was given, where the host keeps them. */
  documentBytes?: (run: string) => Promise<number>;
  /** What the key of this fingerprint is to the host, in words. */
  keyNamed?: (fingerprint: string) => Promise<string | undefined>;
}

/** A run as a file that any Orrery reads; one that came with a signature goes with it. Throws RUN_UNKNOWN, FILE_CHANGED. */
export async function exportRun({ journal, workspace, storage }: Archive, run: string): Promise<string> {
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
  return writeRunFile(run, entries, files.flat(), (await archivedRun(storage, run))?.signed);
}

const hashed = async (content: Uint8Array | string | undefined): Promise<string | undefined> => (content instanceof Uint8Array ? sha256(content) : content);
const workspaceMissing = (run: string, done: "kept" | "written"): OrreryError =>
  new OrreryError("WORKSPACE_MISSING", `Run ${run} has files, and no plugin that keeps files is active. Nothing was ${done}.`, {
    todo: "See `orrery plugins` for why orrery.workspace is not active.",
  });

/** Keeps the run of a file beside those there are; `signer`: only when it has this key's signature. Throws RUN_FILE_*, RUN_EXISTS; nothing is kept then. */
export async function importRun({ journal, workspace, storage }: Archive, text: string, signer?: string): Promise<ImportedRun> {
  const file = await readRunFile(text);
  const { run, entries, files, signed } = file;
  const { unheld, held: _, ...told } = await contentOf(file, signer);
  if (!entries.some(({ type }) => type === "run.finished")) {
    throw new OrreryError("RUN_FILE_UNFINISHED", `Run ${run} had not ended when the file was written: it may go on where it is, and is not carried on twice.`, {
      todo: "Export it again when it has ended.",
    });
  }
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
    await storage.open(archiveNamespace).set(run, { imported: true, ...(signed ? { signed } : {}) });
    await journal.adopt(run, entries);
  } catch (thrown) {
    await workspace?.removeFiles(run);
    if ((thrown as { code?: unknown }).code !== "JOURNAL_BROKEN") throw thrown;
    throw forged((thrown as Error).message, thrown);
  }
  return { ...told, unheld: unheld.length };
}

/** All the room a run takes: its journal, its files in every version, its documents. */
export async function runBytes({ workspace, documentBytes }: Archive, { run, bytes }: Pick<RunSummary, "run" | "bytes">): Promise<number> {
  let sum = bytes + ((await documentBytes?.(run)) ?? 0);
  for (const { path } of (await workspace?.list(run)) ?? []) for (const version of (await workspace?.versions(run, path)) ?? []) sum += version.bytes;
  return sum;
}

/** Of these, newest first, those for which there is no room in so many bytes; the first always has room. */
async function withoutRoom(runs: readonly RunSummary[], bytes: number, sizeOf: (run: RunSummary) => Promise<number>): Promise<ReadonlySet<RunSummary>> {
  let sum = 0;
  const without = new Set<RunSummary>();
  for (const run of runs) {
    sum += await sizeOf(run);
    if (sum > bytes && run !== runs[0]) without.add(run);
  }
  return without;
}

/**
 * Takes out runs that are over, with their files: those beyond the newest `keep`, those that ended longer than `olderThanMs` ago; where both
 * are given, what is one and the other; and those beyond the newest that have room in `bytes`. A run without an end, or that somebody holds, stays. `forget` takes out what else the host keeps of them.
 * Says which, and in `bytes` all the room each took.
 */
export async function pruneRuns(
  archive: Archive,
  { olderThanMs, keep, bytes, dryRun = false }: Retention,
  now: number,
  forget: (runs: readonly string[]) => Promise<void>,
): Promise<RunSummary[]> {
  const { journal, workspace, storage } = archive;
  const byAge = olderThanMs !== undefined || keep !== undefined;
  if (!byAge && bytes === undefined) return [];
  const over = (await journal.runs({ limit: 1_000_000 })).filter(({ endedAt }) => endedAt !== undefined);
  const sizes = new Map<RunSummary, number>();
  const sizeOf = async (run: RunSummary): Promise<number> => {
    const size = sizes.get(run) ?? (await runBytes(archive, run));
    sizes.set(run, size);
    return size;
  };
  const without = bytes === undefined ? undefined : await withoutRoom(over, bytes, sizeOf);
  const wanted = over.filter(
    (each, at) => without?.has(each) || (byAge && at >= (keep ?? 0) && (olderThanMs === undefined || now - (each.endedAt ?? now) >= olderThanMs)),
  );
  const gone: RunSummary[] = [];
  for (const each of wanted) if (!(await journal.held(each.run))) gone.push({ ...each, bytes: await sizeOf(each) });
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
