// What the operating layer adds to a step: a chain of steps whose model answers at once, over the real kernel, runner, ledger and trace,
// with a journal in memory. The floor is the same chain as bare awaited calls. The bar for later is 10 µs (docs/architecture.md): printed, not asserted.
import cost from "@orrery/plugins/cost";
import trace from "@orrery/plugins/observability/trace";
import runner from "@orrery/plugins/runner";
import { createKernel } from "@orrery/kernel";
import { definePlugin, Journal, type JournalEntry, lifecycle, Runner, Storage, type TopologyExecutor, token, topologyToken } from "@orrery/sdk";
import { memoryStorage, testPlatform } from "@orrery/sdk/testing";
import { scripted, teamOf } from "../support/tiny-team.ts";

const rounds = 7;
const sizes = [1, 10, 100, 1_000];

/** The journal's contract without its chain: what a store costs is another bench's matter. */
const chainless = (): Journal => {
  const runs = new Map<string, JournalEntry[]>();
  return {
    async append({ run, entries }) {
      const kept = runs.get(run) ?? [];
      runs.set(run, kept);
      return entries.map((entry) => {
        const written = { ...entry, run, idx: kept.length, seq: kept.length + 1, prevHash: "", hash: "" };
        kept.push(written);
        return written;
      });
    },
    lease: async () => 1,
    release: async () => {},
    held: async () => true,
    read: async (run) => runs.get(run) ?? [],
    head: async (run) => ({ run, events: runs.get(run)?.length ?? 0, bytes: 0, head: "" }),
    runs: async () => [],
    verify: async () => ({ ok: true, events: 0 }),
  };
};
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

const kernel = createKernel({ hooks: lifecycle, platform: testPlatform(), unchecked: ["core"] });
const names = sizes.map((size) => `loop-${size}`);
await kernel.install(
  definePlugin({
    manifest: { id: "bench.host", version: "1.0.0", api: "^1.0" },
    provides: [Journal, Storage, ...names.map((name) => token(topologyToken(name)))],
    setup({ provide, tap }) {
      provide(Journal, chainless());
      provide(Storage, memoryStorage());
      sizes.forEach((size, i) => provide(token<TopologyExecutor>(topologyToken(names[i] ?? "")), loop(size)));
      tap("task.topology", ({ topology }) => ({ service: topologyToken(topology.id) }));
    },
  }),
);
for (const plugin of [cost, trace, scripted(() => "x"), runner]) await kernel.install(plugin);
const service = kernel.service(Runner);
if (!service) throw new Error("the runner is not there");

const table: Record<string, object> = {};
for (const [i, size] of sizes.entries()) {
  const ours: number[] = [];
  const floor: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    let started = performance.now();
    const answer = async (text: string) => `${text.length}`;
    for (let step = 0, text = ""; step < size; step++) text = await answer(text);
    const bare = performance.now() - started;
    started = performance.now();
    const { runId } = await service.start({
      text: "t",
      team: teamOf("a"),
      topology: names[i] ?? "",
      actor: "bench",
      workspace: "bench",
      spending: { allowed: false, capNano: 0, why: "" },
    });
    const { status } = await service.wait(runId);
    if (status !== "accepted") throw new Error(`the run was ${status}`);
    if (round === 0) continue;
    ours.push((performance.now() - started) / size);
    floor.push(bare / size);
  }
  table[`${size} steps`] = { "bare promises, µs a step": +(median(floor) * 1e3).toFixed(2), "orrery, µs a step": +(median(ours) * 1e3).toFixed(1) };
}
console.table(table);
await kernel.close();
