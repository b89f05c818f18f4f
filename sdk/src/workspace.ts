import { token } from "@orrery/kernel";

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
}

/** The files of runs: each run has its own, and every version stays. Nothing of it is a file of the machine. */
export interface Workspace {
  /** The newest version of each file, by path. */
  list(run: string): Promise<WorkspaceFile[]>;
  /** Every version of a file, oldest first. */
  versions(run: string, path: string): Promise<WorkspaceFile[]>;
  /** The newest version, or the one named; undefined when there is none. */
  read(run: string, path: string, version?: number): Promise<{ file: WorkspaceFile; bytes: Uint8Array } | undefined>;
  /** Throws WORKSPACE_PATH for a path that leaves the run's folder, WORKSPACE_FULL above the host's caps. */
  write(run: string, path: string, bytes: Uint8Array, from: string): Promise<WorkspaceFile>;
  /** Gives `to`, which has no files, these versions of the files of `from`, as they were written there. What is not there is left out. */
  copyFiles(from: string, to: string, versions: readonly { path: string; version: number }[]): Promise<void>;
  /** Forgets every version of every file of the run. */
  removeFiles(run: string): Promise<void>;
}
export const Workspace = token<Workspace>("orrery.workspace@1");
