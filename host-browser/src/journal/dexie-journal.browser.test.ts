import { Dexie } from "dexie";
import { expect, it } from "vitest";
import { journalContract } from "../../../tests/contracts/journal-contract.ts";
import { JournalDatabase } from "../database.ts";
import { DexieJournal } from "./dexie-journal.ts";
import { RunLocks } from "./run-locks.ts";

let opened = 0;

journalContract("IndexedDB", async () => {
  opened += 1;
  const name = `journal-test-${opened}`;
  const databases = [new JournalDatabase(name)];
  const locks: RunLocks[] = [];
  const open = (database = databases[0] as JournalDatabase) => {
    const own = new RunLocks();
    locks.push(own);
    return new DexieJournal(database, own);
  };
  return {
    journal: open(),
    async second() {
      const database = new JournalDatabase(name);
      databases.push(database);
      return open(database);
    },
    async tamper(run, idx, change) {
      const rows = (databases[0] as JournalDatabase).entries.where({ run, idx });
      if (change === "delete") await rows.delete();
      else await rows.modify({ data: "another" });
    },
    async close() {
      for (const each of locks) await each.close();
      for (const database of databases) database.close();
      await Dexie.delete(name);
    },
  };
});

it("tells a run whose tab has gone as interrupted", async () => {
  const database = new JournalDatabase("journal-interrupted");
  const locks = new RunLocks();
  const journal = new DexieJournal(database, locks);
  const epoch = await journal.lease("gone");
  await journal.append({
    run: "gone",
    epoch,
    expect: 0,
    entries: [{ type: "run.submitted", actor: "a", workspace: "w", data: { task: { thread: "t", text: "x" } }, ts: 1 }],
  });
  expect((await journal.runs()).map(({ status }) => status)).toEqual(["running"]);
  locks.release("gone");
  await navigator.locks.request("orrery.run.gone", () => undefined);
  expect((await journal.runs()).map(({ status }) => status)).toEqual(["interrupted"]);
  database.close();
  await Dexie.delete("journal-interrupted");
});
