import { Journal, definePlugin } from "@orrery/sdk";
import { JournalDatabase } from "../database.ts";
import { DexieJournal } from "./dexie-journal.ts";
import { RunLocks } from "./run-locks.ts";

/** The tab's journal as a host plugin, in the IndexedDB database of that name. */
export const journalPlugin = (database: string) =>
  definePlugin({
    manifest: {
      id: "orrery.journal",
      version: "1.0.0",
      api: "^1.0",
      title: "Journal (IndexedDB)",
      description: "The append-only, hash-chained record of every run, in this browser.",
    },
    provides: [Journal],
    setup({ provide, own }) {
      const opened = new JournalDatabase(database);
      own("journal database", () => opened.close());
      const locks = new RunLocks();
      own("run locks", () => locks.close());
      provide(Journal, new DexieJournal(opened, locks));
    },
  });
