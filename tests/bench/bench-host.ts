import cost from "@orrery/plugins/cost";
import trace from "@orrery/plugins/observability/trace";
import runner from "@orrery/plugins/runner";
import { createKernel } from "@orrery/kernel";
import { definePlugin, Journal, type JournalEntry, lifecycle, Runner, Storage, type TopologyExecutor, token, topologyToken } from "@orrery/sdk";
import { memoryStorage, testPlatform } from "@orrery/sdk/testing";
import { scripted, teamOf } from "../support/tiny-team.ts";

/** The journal's contract without its chain: what a store costs is another bench's matter. A run that ended is let go, as a store would. */
function chainless(): Journal {
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
    read: async (run) => {
      const entries = runs.get(run) ?? [];
      if (entries.at(-1)?.type === "run.finished") runs.delete(run);
      return entries;
    },
    head: async (run) => ({ run, events: runs.get(run)?.length ?? 0, bytes: 0, head: "" }),
    runs: async () => [],
    verify: async () => ({ ok: true, events: 0 }),
    adopt: async () => {},
    forget: async () => {},
  };
}

/** `steps` calls of one agent, one after another. */
const chain = (steps: number): TopologyExecutor => ({
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

/** `width` calls of one agent at the same time. */
const fan = (width: number): TopologyExecutor => ({
  ...chain(width),
  start: () => ({ state: 0, dispatch: Array.from({ length: width }, (_, i) => ({ path: String(i), agent: "a", round: 0, inputs: [] })) }),
  next: (state, { path }) => {
    const done = Number(state) + 1;
    return { state: done, dispatch: [], ...(done >= width ? { done: { output: path, failures: [] } } : {}) };
  },
});

export type Shape = { readonly kind: "chain" | "fan"; readonly size: number };
const nameOf = ({ kind, size }: Shape): string => `${kind}-${size}`;

/** The kernel with runner, ledger and trace, and a model that answers after `modelMs`; what is written is kept in `journal`. */
export async function benchHost(shapes: readonly Shape[], { modelMs = 0, journal = chainless() }: { modelMs?: number; journal?: Journal } = {}) {
  const kernel = createKernel({ hooks: lifecycle, platform: testPlatform(), unchecked: ["core"] });
  await kernel.install(
    definePlugin({
      manifest: { id: "bench.host", version: "1.0.0", api: "^1.0" },
      provides: [Journal, Storage, ...shapes.map((shape) => token(topologyToken(nameOf(shape))))],
      setup({ provide, tap }) {
        provide(Journal, journal);
        provide(Storage, memoryStorage());
        for (const shape of shapes)
          provide(token<TopologyExecutor>(topologyToken(nameOf(shape))), shape.kind === "chain" ? chain(shape.size) : fan(shape.size));
        tap("task.topology", ({ topology }) => ({ service: topologyToken(topology.id) }));
      },
    }),
  );
  const answer = modelMs > 0 ? () => new Promise<string>((resolve) => setTimeout(() => resolve("x"), modelMs)) : () => "x";
  for (const plugin of [cost, trace, scripted(answer)]) await kernel.install(plugin);
  // Every agent invocation of a fan is under way at once, as it is in the peers.
  await kernel.install(runner, { config: { concurrency: 10_000 } });
  const service = kernel.service(Runner);
  if (!service) throw new Error("the runner is not there");
  return {
    /** Resolves with the run's id once it was accepted. */
    async run(shape: Shape): Promise<string> {
      const { runId } = await service.start({
        text: "t",
        team: teamOf("a"),
        topology: nameOf(shape),
        actor: "bench",
        workspace: "bench",
        spending: { allowed: false, capNano: 0, why: "" },
      });
      const { status } = await service.wait(runId);
      if (status !== "accepted") throw new Error(`the run was ${status}`);
      return runId;
    },
    close: () => kernel.close(),
  };
}

export const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
