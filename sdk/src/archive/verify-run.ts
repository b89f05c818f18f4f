import { OrreryError } from "../error.ts";
import type { Workspace } from "../workspace.ts";
import type { Archive } from "./archive.ts";
import { type FilesHeld, filesHeld, type FileVersion } from "./files-held.ts";

/** What became of the record of a run. */
export interface RunVerified extends FilesHeld {
  run: string;
  /** The chain holds to its last entry, and every file it holds is what was written. */
  ok: boolean;
  events: number;
  /** Index of the first entry that does not hold. */
  brokenAt?: number;
}

/** Recomputes the chain of a run, and the hash of every file its entries hold. Throws RUN_UNKNOWN. */
export async function verifyRun({ journal, workspace }: Pick<Archive, "journal" | "workspace">, run: string): Promise<RunVerified> {
  const chain = await journal.verify(run);
  // A run whose entries are gone is known by its head, and does not hold.
  if (chain.ok && chain.events === 0) throw runUnknown(run);
  // What comes after a broken entry proves nothing.
  const entries = await journal.read(run, 0, chain.brokenAt ?? chain.events);
  const hashOf =
    workspace &&
    (({ path, version }: FileVersion) =>
      workspace.hashOf(run, path, version).catch((thrown: { code?: unknown }) => {
        // A path that is refused has no content.
        if (thrown.code !== "WORKSPACE_PATH") throw thrown;
        return undefined;
      }));
  const files = await filesHeld(entries, await storedOf(workspace, run), hashOf);
  return { run, ...chain, ok: chain.ok && files.changed.length === 0, ...files };
}

export const runUnknown = (run: string): OrreryError => new OrreryError("RUN_UNKNOWN", `There is no run "${run}".`, { todo: "`orrery runs` lists them." });

/** Every version of every file of a run. */
export async function storedOf(workspace: Workspace | undefined, run: string): Promise<FileVersion[]> {
  const versions = [];
  for (const { path } of (await workspace?.list(run)) ?? []) versions.push(...((await workspace?.versions(run, path)) ?? []));
  return versions;
}
