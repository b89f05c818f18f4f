import { definePlugin, Journal } from "@orrery/sdk";
import { z } from "zod";
import { openJournalDatabase } from "./database.ts";
import { leaseMs } from "./leases-table.ts";
import { SqliteJournal } from "./sqlite-journal.ts";

/** The journal in a SQLite file: WAL, every commit flushed to the disk, appends of one turn of the event loop in one commit. */
export default definePlugin({
  manifest: {
    id: "orrery.host.journal",
    version: "0.1.0",
    api: "^1.0",
    title: "Journal (SQLite)",
    description: "Keeps the append-only, hash-chained record of every run in one file.",
  },
  config: z.object({ file: z.string().min(1), busyMs: z.int().nonnegative().default(5_000) }),
  provides: [Journal],
  setup({ config, own, provide, clock }) {
    const db = openJournalDatabase(config.file, config.busyMs);
    own("database", () => void db.close());
    const journal = new SqliteJournal(db, clock.now);
    own("commit queue", () => journal.close());
    // A beat that fails costs no more than the next one's time.
    const beat = setInterval(() => void journal.beat().catch(() => undefined), leaseMs / 3);
    beat.unref();
    own("heartbeat", () => clearInterval(beat));
    provide(Journal, journal);
  },
});
