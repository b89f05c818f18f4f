import { typed } from "../events.ts";
import type { JournalEntry } from "../journal.ts";

/** A version of a file. */
export interface FileVersion {
  path: string;
  version: number;
}
/** The files of a run beside what its entries say of them. */
export interface FilesHeld {
  /** Versions whose content has the SHA-256 that its entry names. */
  held: number;
  /** Versions that nothing was found to hold: made before entries kept a hash, or written by a call that broke off before its entry. */
  unheld: (FileVersion & { why: string })[];
  /** Versions that are not what their entry says; without `found`, gone. */
  changed: (FileVersion & { expected: string; found?: string })[];
}

export const nameOf = ({ path, version }: FileVersion): string => `${version} ${path}`;

/** `stored`: every version there is. `hashOf`: the SHA-256 of one as it is now; absent where nobody keeps files. */
export async function filesHeld(
  entries: readonly JournalEntry[],
  stored: readonly FileVersion[],
  hashOf: ((file: FileVersion) => Promise<string | undefined>) | undefined,
): Promise<FilesHeld> {
  const named = new Map<string, FileVersion & { expected: Set<string> }>();
  for (const entry of entries) {
    const event = typed(entry);
    if (event?.type !== "artifact.made" || event.data.version === undefined) continue;
    const file = { path: event.data.name, version: event.data.version };
    const known = named.get(nameOf(file)) ?? { ...file, expected: new Set() };
    if (event.data.sha256) known.expected.add(event.data.sha256);
    named.set(nameOf(file), known);
  }
  const told: FilesHeld = { held: 0, unheld: [], changed: [] };
  for (const { expected, ...file } of named.values()) {
    if (expected.size === 0 || !hashOf) {
      told.unheld.push({ ...file, why: expected.size === 0 ? "no hash kept" : "nothing that keeps files is active" });
      continue;
    }
    const found = await hashOf(file);
    const other = [...expected].find((hash) => hash !== found);
    if (other === undefined) told.held += 1;
    else told.changed.push({ ...file, expected: other, ...(found ? { found } : {}) });
  }
  for (const { path, version } of stored) if (!named.has(nameOf({ path, version }))) told.unheld.push({ path, version, why: "no entry names it" });
  return told;
}
