// How long a model goes on after its run was cancelled: from the person's word to the provider's signal, with the word journalled in SQLite and flushed
// to the disk before. The floor is a commit of one small row in the same file system. The bar is 100 ms (docs/architecture.md): printed, not asserted.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { definePlugin } from "@orrery/sdk";
import { openJournalDatabase } from "../../host-node/src/plugins/journal/database.ts";
import { SqliteJournal } from "../../host-node/src/plugins/journal/sqlite-journal.ts";
import { echoModel } from "../support/tiny-team.ts";
import { benchHost, type Shape } from "./bench-host.ts";

const rounds = 100;
const shape: Shape = { kind: "chain", size: 1 };
const folder = mkdtempSync(join(process.env["ORRERY_BENCH_DIR"] ?? tmpdir(), "orrery-bench-"));
const db = openJournalDatabase(join(folder, "journal.db"));

let called: (run: string) => void = () => undefined;
let stopped: (at: number) => void = () => undefined;
/** A model that thinks until it is told to stop. */
const endless = definePlugin({
  manifest: { id: "bench.endless", version: "1.0.0", api: "^1.0" },
  setup({ tap }) {
    tap("model.list", () => [echoModel]);
    tap("task.route", () => ({ model: echoModel.id, maxOutputTokens: 100, why: "the only one", considered: [] }));
    tap(
      "model.call",
      ({ origin }, { signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => {
            stopped(performance.now());
            reject(signal.reason);
          });
          called(origin.run);
        }),
    );
  },
});
const host = await benchHost([shape], { journal: new SqliteJournal(db), provider: endless });

const times: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  const inFlight = new Promise<string>((resolve) => {
    called = resolve;
  });
  const stops = new Promise<number>((resolve) => {
    stopped = resolve;
  });
  const ended = host.run(shape).catch(() => undefined);
  const run = await inFlight;
  const word = performance.now();
  void host.service.cancel(run, "measured");
  times.push((await stops) - word);
  await ended;
}
db.exec("CREATE TABLE IF NOT EXISTS floor(n INTEGER)");
const insert = db.prepare("INSERT INTO floor VALUES(1)");
const began = performance.now();
for (let i = 0; i < rounds; i += 1) insert.run();
const commit = (performance.now() - began) / rounds;

times.sort((a, b) => a - b);
const at = (share: number): string => (times[Math.floor(times.length * share)] ?? Number.NaN).toFixed(2);
console.log(`a call in flight is stopped          ${at(0.5)} ms after the word (median), ${at(0.95)} (p95), ${at(0.99)} (p99); bar 100`);
console.log(`one row's commit                     ${commit.toFixed(2)} ms`);
await host.close();
db.close();
rmSync(folder, { recursive: true, force: true });
