import { OrreryError } from "@orrery/sdk";
import Database from "better-sqlite3";
import { sqliteError } from "../sqlite-error.ts";

/** Each brings a file of the version before it to its own: the first from nothing to 1. */
const versions = [
  `
CREATE TABLE events(
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  run TEXT NOT NULL, idx INTEGER NOT NULL, type TEXT NOT NULL, actor TEXT NOT NULL, workspace TEXT NOT NULL,
  data TEXT NOT NULL, ts REAL NOT NULL, prev_hash TEXT NOT NULL, hash TEXT NOT NULL,
  UNIQUE(run, idx)
) STRICT;
CREATE TRIGGER events_are_not_edited BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
-- INSERT OR REPLACE would delete without asking the trigger above.
CREATE TRIGGER events_are_not_replaced BEFORE INSERT ON events
WHEN EXISTS(SELECT 1 FROM events WHERE seq = NEW.seq OR (run = NEW.run AND idx = NEW.idx))
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TABLE leases(run TEXT PRIMARY KEY, epoch INTEGER NOT NULL) STRICT;
-- A projection, written in the transaction of the entries it is made from.
CREATE TABLE runs(
  run TEXT PRIMARY KEY, thread TEXT NOT NULL, task TEXT NOT NULL, status TEXT NOT NULL, workspace TEXT NOT NULL,
  started_at REAL NOT NULL, ended_at REAL, events INTEGER NOT NULL, bytes INTEGER NOT NULL, head TEXT NOT NULL
) STRICT;
CREATE INDEX runs_by_time ON runs(started_at DESC, run DESC);
CREATE INDEX runs_by_thread ON runs(thread, started_at DESC);
`,
  `
-- Who works on a run, and until when others believe it without hearing of it again (ms since the epoch).
ALTER TABLE leases ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE leases ADD COLUMN until REAL NOT NULL DEFAULT 0;
CREATE INDEX leases_held ON leases(owner) WHERE until > 0;
ALTER TABLE runs ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN gates INTEGER NOT NULL DEFAULT 0;
CREATE INDEX runs_unfinished ON runs(started_at DESC) WHERE ended_at IS NULL;
`,
  `
-- A whole run may go, and nothing less: only the entries of a run that is named here can be deleted. Its name stays, with the head it had.
CREATE TABLE forgotten(run TEXT PRIMARY KEY, events INTEGER NOT NULL, head TEXT NOT NULL, at REAL NOT NULL) STRICT;
DROP TRIGGER events_are_not_deleted;
CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events WHEN NOT EXISTS(SELECT 1 FROM forgotten WHERE run = OLD.run)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
`,
];

/** Opens the journal's file, making it when it is not there. Every commit is on the disk before it is answered. */
export function openJournalDatabase(file: string, busyMs = 5_000): Database.Database {
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { timeout: busyMs });
    const opened = db;
    opened.pragma("journal_mode = WAL");
    opened.pragma("synchronous = FULL");
    const found = () => opened.pragma("user_version", { simple: true }) as number;
    // Asked again inside: two processes may open a new file at once.
    opened
      .transaction(() => {
        for (const [i, statements] of versions.entries()) if (found() === i) opened.exec(`${statements}PRAGMA user_version = ${i + 1};`);
      })
      .immediate();
    if (found() > versions.length) {
      throw new OrreryError("JOURNAL_NEWER", `The journal ${file} was written by a newer version of Orrery`, {
        todo: "Install that version again, or use another data folder (ORRERY_HOME).",
      });
    }
    return opened;
  } catch (thrown) {
    db?.close();
    throw sqliteError(thrown, "JOURNAL");
  }
}
