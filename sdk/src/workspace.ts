import { token } from "@orrery/kernel";
import { OrreryError } from "./error.ts";

/** A file of a run, as it was at one version. */
export interface WorkspaceFile {
  /** Relative, with forward slashes: `notes/plan.md`. */
  path: string;
  /** From 1; the same content again is no new version. */
  version: number;
  bytes: number;
  mediaType: string;
  /** The step that wrote it. */
  from: string;
  at: number;
  /** SHA-256 of the content, hex; absent of what was written before hashes were kept. */
  sha256?: string;
}
/** A version of a run's file whose content is kept elsewhere. */
export type FileContent = Pick<WorkspaceFile, "path" | "version" | "from"> & { bytes: Uint8Array };

/** The files of runs: each run has its own, and every version stays. Nothing of it is a file of the machine. */
export interface Workspace {
  /** The newest version of each file, by path. */
  list(run: string): Promise<WorkspaceFile[]>;
  /** Every version of a file, oldest first. */
  versions(run: string, path: string): Promise<WorkspaceFile[]>;
  /** The newest version, or the one named; undefined when there is none. Throws FILE_CHANGED for content that is not what was written. */
  read(run: string, path: string, version?: number): Promise<{ file: WorkspaceFile; bytes: Uint8Array } | undefined>;
  /** Throws WORKSPACE_PATH for a path that leaves the run's folder, WORKSPACE_FULL above the host's caps. */
  write(run: string, path: string, bytes: Uint8Array, from: string): Promise<WorkspaceFile>;
  /** Gives `to`, which has no files, these versions of the files of `from`, as they were written there. What is not there is left out. */
  copyFiles(from: string, to: string, versions: readonly { path: string; version: number }[]): Promise<void>;
  /** SHA-256 of what is kept as that version now, whatever was written; undefined when there is none. */
  hashOf(run: string, path: string, version: number): Promise<string | undefined>;
  /** Gives a run that has no files these, under the versions they have. Throws WORKSPACE_PATH, WORKSPACE_FULL; none is kept then. */
  restoreFiles(run: string, files: readonly FileContent[]): Promise<void>;
  /** Forgets every version of every file of the run. */
  removeFiles(run: string): Promise<void>;
}
/** What is kept as a version is not what was written there; `found` is undefined where nothing is. */
export const fileChanged = (run: string, { path, version }: { path: string; version: number }, expected: string, found: string | undefined): OrreryError =>
  new OrreryError(
    "FILE_CHANGED",
    `${JSON.stringify(path.slice(0, 240))}, version ${version}, of run ${run} is not what was written there: its SHA-256 was ${expected} and is ${found ?? "that of nothing, for it is gone"}.`,
    { todo: "`orrery verify RUN` says what of the run still holds." },
  );
export const Workspace = token<Workspace>("orrery.workspace@1");
