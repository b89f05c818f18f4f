// What keeping a step costs: chains of steps whose model answers at once, over the real kernel, runner and ledger, with the journal in SQLite and
// every commit flushed to the disk. The floor is a commit of one small row in the same file system. The bars (docs/architecture.md) are printed, not asserted.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import cost from "@orrery/plugins/cost";
import runner from "@orrery/plugins/runner";
import { createKernel } from "@orrery/kernel";
import { definePlugin, Journal, lifecycle, Runner, Storage, type TopologyExecutor, token, topologyToken } from "@orrery/sdk";
import { memoryStorage, testPlatform } from "@orrery/sdk/testing";
import { openJournalDatabase } from "../../host-node/src/plugins/journal/database.ts";
import { SqliteJournal } from "../../host-node/src/plugins/journal/sqlite-journal.ts";
import { scripted, teamOf } from "../support/tiny-team.ts";

const sizes = [10, 100, 1_000];
const rounds = 5;
const folder = mkdtempSync(join(process.env["ORRERY_BENCH_DIR"] ?? tmpdir(), "orrery-bench-"));
const db = openJournalDatabase(join(folder, "journal.db"));
const journal = new SqliteJournal(db);

const loop = (steps: number): TopologyExecutor => ({
  check: () => [],
  predictCalls: () => ({ min: steps, expected: steps, max: steps }),
  edges: () => [],
  start: () => ({ state: 0, dispatch: [{ path: "0", agent: "a", round: 0, inputs: [] }] }),
  next: (state, { path }) => {
    const done = Number(state) + 1;
    return done >= steps
      ? { state: done, dispatch: [], done: { output: path, failures: [] } }
      : { state: done, dispatch: [{ path: String(done), agent: "a", round: 0, inputs: [path] }] };
  },
});
const median = (list: number[]): number => list.sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;

const kernel = createKernel({ hooks: lifecycle, platform: testPlatform() });
const names = sizes.map((size) => `loop-${size}`);
await kernel.install(
  definePlugin({
    manifest: { id: "bench.host", version: "1.0.0", api: "^1.0" },
    provides: [Journal, Storage, ...names.map((name) => token(topologyToken(name)))],
    setup({ provide, tap }) {
      provide(Journal, journal);
      provide(Storage, memoryStorage());
      sizes.forEach((size, i) => provide(token<TopologyExecutor>(topologyToken(names[i] ?? "")), loop(size)));
      tap("task.topology", ({ topology }) => ({ service: topologyToken(topology.id) }));
    },
  }),
);
for (const plugin of [cost, scripted(() => "x"), runner]) await kernel.install(plugin);
const service = kernel.service(Runner);
if (!service) throw new Error("the runner is not there");

/** Runs side by side, each a chain of so many steps: ms in all, and the ids. */
async function perform(topology: string, runs: number): Promise<{ ms: number; ids: string[] }> {
  const request = { text: "t", team: teamOf("a"), topology, actor: "bench", workspace: "bench", spending: { allowed: false, capNano: 0, why: "" } };
  const started = performance.now();
  const begun = await Promise.all(Array.from({ length: runs }, () => service?.start(request)));
  const ids = begun.flatMap((run) => run?.runId ?? []);
  for (const { status } of await Promise.all(ids.map((id) => service?.wait(id))).then((all) => all.flatMap((report) => report ?? [])))
    if (status !== "accepted") throw new Error(`a run was ${status}`);
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
for (const [i, size] of sizes.entries()) {
  const alone: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const { ms, ids } = await perform(names[i] ?? "", 1);
    if (round === 0) continue;
    alone.push(ms / size);
    bytes[i] = (await journal.head(ids[0] ?? ""))?.bytes ?? 0;
  }
  table[`1 run of ${size} steps`] = { "µs a step": Math.round(median(alone) * 1e3), "bytes a step": Math.round((bytes[i] ?? 0) / size) };
}
for (const runs of [100, 300]) {
  const many: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const { ms } = await perform("loop-10", runs);
    if (round > 0) many.push(ms / (runs * 10));
  }
  table[`${runs} runs of 10 steps at once`] = { "µs a step": Math.round(median(many) * 1e3), "bytes a step": Math.round((bytes[0] ?? 0) / 10) };
}
console.table(table);
const exponent = Math.log((bytes[2] ?? 1) / (bytes[1] ?? 1)) / Math.log(10);
console.log(`a commit of one row here: ${(floor() * 1e3).toFixed(0)} µs; bytes grow with the steps to the power of ${exponent.toFixed(3)}`);
await kernel.close();
db.close();
rmSync(folder, { recursive: true, force: true });
