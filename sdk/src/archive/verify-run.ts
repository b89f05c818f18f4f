import { OrreryError } from "../error.ts";
import type { Storage } from "../host-services.ts";
import { fingerprintOf, type SignedBy, signerOf } from "../package/signature.ts";
import { fromBase64 } from "../package/bytes.ts";
import { archiveNamespace } from "../retention.ts";
import type { Workspace } from "../workspace.ts";
import type { Archive } from "./archive.ts";
import { type FilesHeld, filesHeld, type FileVersion } from "./files-held.ts";
import { headText } from "./run-file.ts";

/** What became of the record of a run. */
export interface RunVerified extends FilesHeld {
  run: string;
  /** The chain holds to its last entry, every file it holds is what was written, and a signature that it came with is still that of its last entry. */
  ok: boolean;
  events: number;
  /** Index of the first entry that does not hold. */
  brokenAt?: number;
  /**
   * Of a run that was read from a signed file: whose key that was, and whether its signature is that of the last entry here.
   * `known` says in words what that key is on this host; absent when nothing here knows it.
   */
  signature?: { signer: string; ok: boolean; known?: string };
}

/** Recomputes the chain of a run, and the hash of every file its entries hold, and checks the signature it came with. Throws RUN_UNKNOWN. */
export async function verifyRun(archive: Archive, run: string): Promise<RunVerified> {
  const { journal, workspace } = archive;
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
  const signature = await signatureOf(archive, run, entries.length - 1, entries.at(-1)?.hash ?? "");
  return { run, ...chain, ok: chain.ok && files.changed.length === 0 && signature?.ok !== false, ...files, ...(signature ? { signature } : {}) };
}

/** What is kept of a run that was read from a file. */
export const archivedRun = async (storage: Storage, run: string): Promise<{ signed?: SignedBy } | undefined> =>
  (await storage.open(archiveNamespace).get(run)) as { signed?: SignedBy } | undefined;

async function signatureOf({ storage, keyNamed }: Archive, run: string, index: number, head: string): Promise<RunVerified["signature"]> {
  const signed = (await archivedRun(storage, run))?.signed;
  if (!signed) return undefined;
  const signer = await fingerprintOf(fromBase64(signed.key) ?? new Uint8Array());
  const known = await keyNamed?.(signer);
  return { signer, ...(known === undefined ? {} : { known }), ok: (await signerOf("run", headText(run, index, head), signed)) !== undefined };
}

export const runUnknown = (run: string): OrreryError => new OrreryError("RUN_UNKNOWN", `There is no run "${run}".`, { todo: "`orrery runs` lists them." });

/** Every version of every file of a run. */
export async function storedOf(workspace: Workspace | undefined, run: string): Promise<FileVersion[]> {
  const versions = [];
  for (const { path } of (await workspace?.list(run)) ?? []) versions.push(...((await workspace?.versions(run, path)) ?? []));
  return versions;
}
