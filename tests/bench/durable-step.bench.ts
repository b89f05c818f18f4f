// What keeping a step costs: chains of steps whose model answers at once, over the real kernel, runner and ledger, with the journal in SQLite and
// every commit flushed to the disk. The floor is a commit of one small row in the same file system. The bars (docs/architecture.md) are printed, not asserted.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openJournalDatabase } from "../../host-node/src/plugins/journal/database.ts";
import { SqliteJournal } from "../../host-node/src/plugins/journal/sqlite-journal.ts";
import { benchHost, median, type Shape } from "./bench-host.ts";

const shapes: Shape[] = [10, 100, 1_000].map((size) => ({ kind: "chain", size }));
const rounds = 5;
const folder = mkdtempSync(join(process.env["ORRERY_BENCH_DIR"] ?? tmpdir(), "orrery-bench-"));
const db = openJournalDatabase(join(folder, "journal.db"));
const journal = new SqliteJournal(db);
const host = await benchHost(shapes, { journal });

/** Runs side by side, each a chain of so many steps: ms in all, and the ids. */
async function perform(shape: Shape, runs: number): Promise<{ ms: number; ids: string[] }> {
  const started = performance.now();
  const ids = await Promise.all(Array.from({ length: runs }, () => host.run(shape)));
  return { ms: performance.now() - started, ids };
}

function floor(): number {
  db.exec("CREATE TABLE IF NOT EXISTS floor(n INTEGER)");
  const insert = db.prepare("INSERT INTO floor VALUES(1)");
  const started = performance.now();
  for (let i = 0; i < 200; i++) insert.run();
  return (performance.now() - started) / 200;
}

const table: Record<string, object> = {};
const bytes: number[] = [];
for (const [i, shape] of shapes.entries()) {
  const { size } = shape;
  const alone: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const { ms, ids } = await perform(shape, 1);
    if (round === 0) continue;
    alone.push(ms / size);
    bytes[i] = (await journal.head(ids[0] ?? ""))?.bytes ?? 0;
  }
  table[`1 run of ${size} steps`] = { "µs a step": Math.round(median(alone) * 1e3), "bytes a step": Math.round((bytes[i] ?? 0) / size) };
}
for (const runs of [100, 300]) {
  const many: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const { ms } = await perform({ kind: "chain", size: 10 }, runs);
    if (round > 0) many.push(ms / (runs * 10));
  }
  table[`${runs} runs of 10 steps at once`] = { "µs a step": Math.round(median(many) * 1e3), "bytes a step": Math.round((bytes[0] ?? 0) / 10) };
}
console.table(table);
const exponent = Math.log((bytes[2] ?? 1) / (bytes[1] ?? 1)) / Math.log(10);
console.log(`a commit of one row here: ${(floor() * 1e3).toFixed(0)} µs; bytes grow with the steps to the power of ${exponent.toFixed(3)}`);
await host.close();
db.close();
rmSync(folder, { recursive: true, force: true });
