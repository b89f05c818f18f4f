import type { Storage } from "./host-services.ts";
import type { RunSummary } from "./journal.ts";

/** Which runs that are over may go. With no bound, none. */
export interface KeptRuns {
  /** Those that ended longer ago. */
  olderThanMs?: number;
  /** Those beyond the newest so many; with `olderThanMs`, what is one and the other. */
  keep?: number;
  /** Whatever else is said, those beyond the newest that have room in so many bytes; the newest stays. */
  bytes?: number;
}
export interface Retention extends KeptRuns {
  /** Says which, and takes nothing out. */
  dryRun?: boolean;
}

/** What a host keeps of runs. */
export interface Kept {
  /** What it keeps to by itself. */
  retention: KeptRuns;
  /** Newest first; `bytes` is all it takes: its journal, the files its agents wrote, and the documents it was given, though another run was given the same. */
  runs: RunSummary[];
}

/** A run that was kept from a file. */
export interface ImportedRun {
  run: string;
  events: number;
  files: number;
  /** Those of them that no entry holds by its SHA-256: made before hashes were kept, or that no entry names. */
  unheld: number;
  /** Whose signature the file has, as `SHA256:…`; absent when it has none. */
  signer?: string;
  /** The last entry's hash: equal to that of the run where it was made, when nobody changed anything. */
  head: string;
}

export const archiveNamespace = "orrery.archive";

/** Whether the run was made elsewhere and read from a file: nobody here agreed to what it says of money. */
export const wasImported = async (storage: Storage, run: string): Promise<boolean> => (await storage.open(archiveNamespace).get(run)) !== undefined;
