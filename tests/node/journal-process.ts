// A process of its own that appends to a run for ever; what it has been told is durable it says on stdout.
import { openJournalDatabase } from "../../host-node/src/plugins/journal/database.ts";
import { SqliteJournal } from "../../host-node/src/plugins/journal/sqlite-journal.ts";

const [file = "", run = "", mode = "forever"] = process.argv.slice(2);
const journal = new SqliteJournal(openJournalDatabase(file));
const epoch = await journal.lease(run);
let next = (await journal.head(run))?.events ?? 0;
try {
  for (let round = 0; mode === "forever" || round < Number(mode); round++) {
    const entries = Array.from({ length: 1 + (round % 3) }, (_, i) => ({
      type: "test",
      actor: "child",
      workspace: "test",
      data: { round, i, padding: "x".repeat(500) },
      ts: round,
    }));
    const written = await journal.append({ run, epoch, expect: next, entries });
    next += written.length;
    process.stdout.write(`${JSON.stringify({ events: next, head: written.at(-1)?.hash, epoch })}\n`);
  }
} catch (error) {
  process.stdout.write(`${JSON.stringify({ stopped: (error as { code?: string }).code })}\n`);
}
