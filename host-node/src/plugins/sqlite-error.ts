import { OrreryError } from "@orrery/sdk";

const kinds: readonly [prefix: string, code: string, what: string, todo: string][] = [
  ["SQLITE_FULL", "FULL", "the disk is full", "Free some space; what was written before is intact."],
  ["SQLITE_BUSY", "BUSY", "another process holds its database", "Wait for the other Orrery process, or end it, and try again."],
  ["SQLITE_LOCKED", "BUSY", "another process holds its database", "Wait for the other Orrery process, or end it, and try again."],
  ["SQLITE_READONLY", "READONLY", "its database may not be written", "Check the owner and permissions of the data folder (orrery config path)."],
  ["SQLITE_CANTOPEN", "UNREACHABLE", "its database cannot be opened", "Check that the data folder exists and may be written (orrery config path)."],
  ["SQLITE_CORRUPT", "CORRUPT", "its database is damaged", "Move the file away and start anew, or restore a copy; `orrery doctor` names it."],
  ["SQLITE_NOTADB", "CORRUPT", "its database is not one", "Move the file away and start anew, or restore a copy; `orrery doctor` names it."],
  ["SQLITE_IOERR", "IO", "reading or writing its database failed", "Check the disk; what was committed before is intact."],
  ["SQLITE_TOOBIG", "TOO_BIG", "the value is larger than the database takes", "Keep single values below 1 GB."],
];

/** A SQLite failure as an error with a code of ours (`JOURNAL_FULL`, `STORAGE_BUSY` …); anything else comes back as it is. */
export function sqliteError(thrown: unknown, store: "JOURNAL" | "STORAGE"): unknown {
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  if (!code.startsWith("SQLITE_")) return thrown;
  const [, kind, what, todo] = kinds.find(([prefix]) => code.startsWith(prefix)) ?? [
    "",
    "FAILED",
    `its database refused (${code})`,
    "Report this with the code.",
  ];
  const whose = store === "JOURNAL" ? "The journal was not written" : "The store was not written";
  return new OrreryError(`${store}_${kind}`, `${whose}: ${what}`, { todo, cause: thrown });
}
