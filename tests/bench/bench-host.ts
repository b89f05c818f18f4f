import cost from "@orrery/plugins/cost";
import trace from "@orrery/plugins/observability/trace";
import runner from "@orrery/plugins/runner";
import { createKernel } from "@orrery/kernel";
import {
  type AnyPlugin,
  definePlugin,
  Journal,
  type JournalEntry,
  lifecycle,
  type ModelRequest,
  Runner,
  type RunRequest,
  Storage,
  type Team,
  type TopologyExecutor,
  token,
  topologyToken,
} from "@orrery/sdk";
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

/** One step whose agent calls a tool `size` times, in as many rounds, before it answers. */
const probe = definePlugin({
  manifest: { id: "bench.probe", version: "1.0.0", api: "^1.0" },
  setup({ tap }) {
    const input = { type: "object", properties: { n: { type: "number" } }, required: ["n"], additionalProperties: false };
    tap("tool.list", () => [{ name: "probe", description: "Gives back a number.", input, effects: [], idempotent: true }]);
    tap("tool.call", async ({ tool, input: given }) => (tool === "probe" ? { ok: true, output: (given as { n: number }).n } : undefined));
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

export type Shape = { readonly kind: "chain" | "fan" | "tools"; readonly size: number };
const executors = { chain, fan, tools: () => chain(1) };
const nameOf = ({ kind, size }: Shape): string => `${kind}-${size}`;

/** The kernel with runner, ledger and trace, and a model that answers after `modelMs`; what is written is kept in `journal`. */
export async function benchHost(
  shapes: readonly Shape[],
  { modelMs = 0, journal = chainless(), provider }: { modelMs?: number; journal?: Journal; provider?: AnyPlugin } = {},
) {
  const kernel = createKernel({ hooks: lifecycle, platform: testPlatform(), unchecked: ["core"] });
  await kernel.install(
    definePlugin({
      manifest: { id: "bench.host", version: "1.0.0", api: "^1.0" },
      provides: [Journal, Storage, ...shapes.map((shape) => token(topologyToken(nameOf(shape))))],
      setup({ provide, tap }) {
        provide(Journal, journal);
        provide(Storage, memoryStorage());
        for (const shape of shapes) provide(token<TopologyExecutor>(topologyToken(nameOf(shape))), executors[shape.kind](shape.size));
        tap("task.topology", ({ topology }) => ({ service: topologyToken(topology.id) }));
      },
    }),
  );
  const think = modelMs > 0 ? () => new Promise<void>((resolve) => setTimeout(resolve, modelMs)) : undefined;
  const turns = shapes.find(({ kind }) => kind === "tools")?.size ?? 0;
  const answer = async ({ messages, tools = [] }: ModelRequest) => {
    await think?.();
    const done = (messages.length - 1) / 2;
    return tools.length > 0 && done < turns ? { toolCalls: [{ id: `call-${done}`, tool: "probe", input: { n: done } }] } : "x";
  };
  for (const plugin of [cost, trace, probe, provider ?? scripted(answer)]) await kernel.install(plugin);
  // Every agent invocation of a fan is under way at once, as it is in the peers.
  await kernel.install(runner, { config: { concurrency: 10_000, toolRounds: turns + 1, toolCalls: turns + 1 } });
  const service = kernel.service(Runner);
  if (!service) throw new Error("the runner is not there");
  return {
    service,
    /** A run that waits for a person before it ends. Resolves with its id once it does. */
    async suspend(shape: Shape): Promise<string> {
      const { runId } = await service.start(requestOf(shape, { gates: [{ id: "end", ask: "Good?", beforeFinish: true }] }));
      const { status } = await service.wait(runId);
      if (status !== "waiting") throw new Error(`the run was ${status}`);
      return runId;
    },
    /** Resolves with the run's id once it was accepted. */
    async run(shape: Shape): Promise<string> {
      const { runId } = await service.start(requestOf(shape));
      const { status } = await service.wait(runId);
      if (status !== "accepted") throw new Error(`the run was ${status}`);
      return runId;
    },
    close: () => kernel.close(),
  };
}

const requestOf = ({ kind, size }: Shape, more: Pick<Team, "gates"> = {}): RunRequest => {
  const team = teamOf("a");
  return {
    text: "t",
    team: { ...team, agents: team.agents.map((agent) => ({ ...agent, tools: kind === "tools" ? ["probe"] : [] })), ...more },
    topology: nameOf({ kind, size }),
    actor: "bench",
    workspace: "bench",
    spending: { allowed: false, capNano: 0, why: "" },
  };
};

export const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
