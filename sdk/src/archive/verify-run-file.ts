import { OrreryError } from "../error.ts";
import { signerOf } from "../package/signature.ts";
import { sha256 } from "../sha256.ts";
import { firstBroken, journalBroken } from "../whole-run.ts";
import { type FilesHeld, filesHeld, nameOf } from "./files-held.ts";
import { headText, readRunFile, type RunFile } from "./run-file.ts";

/** What a run's file holds, all of it as it was written. */
export interface RunFileVerified extends Omit<FilesHeld, "changed"> {
  run: string;
  events: number;
  files: number;
  head: string;
  /** Whose signature the head has; absent when nobody signed it. */
  signer?: string;
}

/** Checks a run's file without keeping anything of it. Throws RUN_FILE_*; RUN_FILE_SIGNER where `signer` is named and it is not theirs. */
export async function verifyRunFile(text: string, signer?: string): Promise<RunFileVerified> {
  const file = await readRunFile(text);
  const told = await contentOf(file, signer);
  const broken = await firstBroken(file.run, file.entries, sha256);
  if (broken !== undefined) throw forged(journalBroken(file.run, broken).message);
  return told;
}

/** Its files and its signature, against its entries; their chain is for whoever keeps them to check. */
export async function contentOf({ run, entries, files, signed }: RunFile, expected?: string): Promise<RunFileVerified> {
  const content = new Map(files.map((file) => [nameOf(file), file.bytes]));
  const { changed, held, unheld } = await filesHeld(entries, files, async (file) => {
    const bytes = content.get(nameOf(file));
    return bytes && sha256(bytes);
  });
  for (const { path, version, expected: hash, found = "it is not in the file" } of changed)
    throw forged(`${JSON.stringify(path.slice(0, 240))}, version ${version}: its entry has the SHA-256 ${hash}; found: ${found}. Nothing was kept.`);
  const head = entries.at(-1)?.hash ?? "";
  const signer = signed && (await signerOf("run", headText(run, entries.length - 1, head), signed))?.fingerprint;
  if (signed && !signer) throw forged("its signature is not that of its last entry: entries were cut off, or written anew. Nothing was kept.");
  if (expected !== undefined && signer !== expected) throw otherSigner(`The file is ${signer ? `signed by ${signer}` : "not signed"}`, expected);
  return { run, events: entries.length, files: files.length, held, unheld, head, ...(signer ? { signer } : {}) };
}

export const otherSigner = (what: string, expected: string): OrreryError =>
  new OrreryError("RUN_FILE_SIGNER", `${what}, and should be signed by ${JSON.stringify(expected.slice(0, 100))}.`, {
    todo: "Ask whoever made the run: orrery runs export RUN --sign.",
  });
export const forged = (what: string, cause?: unknown): OrreryError =>
  new OrreryError("RUN_FILE_FORGED", `The file is not what was exported: ${what}`, { todo: "Get it again from where the run was made.", cause });
