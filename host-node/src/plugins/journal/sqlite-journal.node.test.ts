import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OrreryError } from "@orrery/sdk";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { journalContract } from "../../../../tests/contracts/journal-contract.ts";
import { openJournalDatabase } from "./database.ts";
import { SqliteJournal } from "./sqlite-journal.ts";

const entry = { type: "a", actor: "ada", workspace: "home", data: { n: 1 }, ts: 1 };
let dir: string;
let closers: (() => void)[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "orrery-journal-"));
  closers = [];
});
afterEach(() => {
  for (const close of closers.reverse()) close();
  rmSync(dir, { recursive: true, force: true });
});

function open(busyMs?: number) {
  const db = openJournalDatabase(join(dir, "journal.db"), busyMs);
  const journal = new SqliteJournal(db);
  closers.push(() => {
    journal.close();
    db.close();
  });
  return { db, journal };
}

journalContract("SQLite", async () => {
  const { db, journal } = open();
  return {
    journal,
    second: async () => open().journal,
    tamper: async (run, idx, change) => {
      db.exec("DROP TRIGGER IF EXISTS events_are_not_edited; DROP TRIGGER IF EXISTS events_are_not_deleted");
      if (change === "edit") db.prepare("UPDATE events SET data = '{\"forged\":true}' WHERE run = ? AND idx = ?").run(run, idx);
      else db.prepare("DELETE FROM events WHERE run = ? AND idx = ?").run(run, idx);
    },
    close: async () => {},
  };
});

const failure = (promise: Promise<unknown>): Promise<OrreryError> =>
  promise.then(
    () => Promise.reject(new Error("it did not fail")),
    (error: OrreryError) => error,
  );

describe("the SQLite journal", () => {
  it("cannot be edited or deleted from through SQL", async () => {
    const { db, journal } = open();
    await journal.append({ run: "r", epoch: await journal.lease("r"), expect: 0, entries: [entry] });
    expect(() => db.exec("UPDATE events SET type = 'b'")).toThrow(/append-only/);
    expect(() => db.exec("DELETE FROM events")).toThrow(/append-only/);
    expect(() => db.exec("INSERT OR REPLACE INTO events SELECT 1, run, idx, 'b', actor, workspace, data, ts, prev_hash, hash FROM events")).toThrow(
      /append-only/,
    );
  });

  it("shares one commit among the appends of one turn of the event loop", async () => {
    const { db, journal } = open();
    const epochs = await Promise.all(Array.from({ length: 50 }, (_, i) => journal.lease(`r${i}`)));
    let commits = 0;
    const original = db.transaction.bind(db);
    db.transaction = ((work: () => unknown) => {
      commits += 1;
      return original(work);
    }) as typeof db.transaction;
    await Promise.all(epochs.map((epoch, i) => journal.append({ run: `r${i}`, epoch, expect: 0, entries: [entry] })));
    expect(commits).toBe(1);
    expect(await journal.runs({ limit: 100 })).toHaveLength(50);
  });

  it("says the disk is full, loses nothing that was there, and goes on when there is room", async () => {
    const { db, journal } = open();
    const epoch = await journal.lease("r");
    await journal.append({ run: "r", epoch, expect: 0, entries: [entry] });
    const pages = db.pragma("page_count", { simple: true }) as number;
    db.pragma(`max_page_count = ${pages + 1}`);
    const big = { ...entry, data: "x".repeat(200_000) };
    const error = await failure(journal.append({ run: "r", epoch, expect: 1, entries: [entry, big] }));
    expect(error.code).toBe("JOURNAL_FULL");
    expect(error.todo).toMatch(/space/);
    expect(await journal.verify("r")).toEqual({ ok: true, events: 1 });
    db.pragma("max_page_count = 100000");
    await journal.append({ run: "r", epoch, expect: 1, entries: [big] });
    expect(await journal.verify("r")).toEqual({ ok: true, events: 2 });
  });

  it("fails an append that is too big for the disk alone, not the ones beside it", async () => {
    const { db, journal } = open();
    const [a, b] = [await journal.lease("a"), await journal.lease("b")];
    db.pragma(`max_page_count = ${(db.pragma("page_count", { simple: true }) as number) + 4}`);
    const [small, big] = await Promise.allSettled([
      journal.append({ run: "a", epoch: a, expect: 0, entries: [entry] }),
      journal.append({ run: "b", epoch: b, expect: 0, entries: [{ ...entry, data: "x".repeat(500_000) }] }),
    ]);
    expect(small.status).toBe("fulfilled");
    expect(big).toMatchObject({ status: "rejected", reason: { code: "JOURNAL_FULL" } });
  });

  it("says when another process holds the database", async () => {
    const { journal } = open(20);
    await journal.lease("r");
    const other = new Database(join(dir, "journal.db"));
    closers.push(() => other.close());
    other.exec("BEGIN IMMEDIATE");
    expect((await failure(journal.append({ run: "r", epoch: 1, expect: 0, entries: [entry] }))).code).toBe("JOURNAL_BUSY");
    other.exec("COMMIT");
    expect(await journal.append({ run: "r", epoch: 1, expect: 0, entries: [entry] })).toHaveLength(1);
  });

  it("names a file that is no database, and one of a newer version", () => {
    const path = join(dir, "journal.db");
    const newer = new Database(path);
    newer.pragma("user_version = 99");
    newer.close();
    expect(() => openJournalDatabase(path)).toThrow(expect.objectContaining({ code: "JOURNAL_NEWER" }));
    expect(() => openJournalDatabase(join(dir, "no", "such", "folder.db"))).toThrow();
  });

  it("refuses appends once closed", async () => {
    const { journal } = open();
    journal.close();
    expect((await failure(journal.lease("r"))).code).toBe("JOURNAL_CLOSED");
  });

  it("does not let a value nested too deeply spoil what is appended beside it", async () => {
    const { journal } = open();
    let deep: never[] = [];
    for (let i = 0; i < 100_000; i++) deep = [deep as never];
    const epochs = [await journal.lease("a"), await journal.lease("b")] as const;
    const [a, b] = await Promise.allSettled([
      journal.append({ run: "a", epoch: epochs[0], expect: 0, entries: [entry] }),
      journal.append({ run: "b", epoch: epochs[1], expect: 0, entries: [{ ...entry, data: deep }] }),
    ]);
    expect(a.status).toBe("fulfilled");
    expect(b.status).toBe("rejected");
  });
});
