import { createKernel, type HookTrace, type InstallOptions, type Kernel, type PluginReport } from "@orrery/kernel";
import type { InputFile } from "../documents.ts";
import { type AnyPlugin, definePlugin } from "../define-plugin.ts";
import { OrreryError } from "../error.ts";
import type { RunEvent } from "../events.ts";
import { Assets, Connections, Egress, Storage } from "../host-services.ts";
import { Journal, type JournalEntry } from "../journal.ts";
import { type Lifecycle, lifecycle } from "../lifecycle.ts";
import { Runner, type RunReport, type RunRequest } from "../run.ts";
import { memoryJournal } from "./memory-journal.ts";
import { memoryStorage } from "./memory-storage.ts";
import { type LogLine, testPlatform } from "./test-platform.ts";

export interface TestHostOptions {
  /** Installed in this order; `[plugin, options]` to set tier, config or denied capabilities. */
  plugins?: readonly (AnyPlugin | readonly [AnyPlugin, InstallOptions])[];
  /** Files for the `Assets` service, by name. */
  assets?: (name: string) => Promise<Uint8Array | undefined>;
  connections?: Connections;
  egress?: Egress;
  seed?: number;
  /** What the journal holds already, as a host that is gone left it. */
  entries?: readonly JournalEntry[];
  /** No hook waits longer than this for a tap, whatever the catalogue allows: for tests of plugins that never answer. */
  deadlineMs?: number;
}
export interface TestHost {
  readonly kernel: Kernel<Lifecycle>;
  readonly log: readonly LogLine[];
  /** Every journal entry so far. */
  journal(): readonly JournalEntry[];
  /** Every event heard so far. */
  events(): readonly RunEvent[];
  /** Every hook call so far, with the plugin that answered. */
  trace(): readonly HookTrace[];
  report(id: string): PluginReport | undefined;
  install(plugin: AnyPlugin, options?: InstallOptions): Promise<PluginReport>;
  call: Kernel<Lifecycle>["call"];
  /** Runs a task to its end; needs a runner, a topology and a provider among the plugins. */
  run(text: string, request?: Partial<RunRequest> & { documents?: Record<string, string> }): Promise<RunReport>;
  close(): Promise<void>;
}

/**
 * A host for tests: the real kernel, a journal and a store in memory, no network, nothing installed but what is asked for.
 *
 * @example
 * const host = await createTestHost({ plugins: [myPlugin] });
 * const outcome = await host.call("budget.reserve", estimate);
 * await host.close();
 */
export async function createTestHost({ plugins = [], assets, connections, egress, seed = 1, entries, deadlineMs }: TestHostOptions = {}): Promise<TestHost> {
  const platform = testPlatform(seed);
  const journal = memoryJournal(entries);
  const heard: RunEvent[] = [];
  const traced: HookTrace[] = [];
  const kernel = createKernel({ hooks: deadlineMs === undefined ? lifecycle : capped(deadlineMs), platform });
  const stopTracing = kernel.trace((record) => traced.push(record));

  await kernel.install(
    definePlugin({
      manifest: { id: "orrery.test-host", version: "0.1.0", api: "^1.0" },
      provides: [Journal, Storage, Assets, Connections, Egress],
      setup({ provide, tap }) {
        provide(Journal, journal);
        provide(Storage, memoryStorage());
        provide(Assets, {
          async load(name) {
            const bytes = await assets?.(name);
            if (!bytes) throw new OrreryError("ASSET_MISSING", `This host has no asset "${name}".`);
            return bytes;
          },
          has: async (name) => (await assets?.(name)) !== undefined,
        });
        provide(Connections, connections ?? { list: async () => [] });
        provide(
          Egress,
          egress ?? {
            fetch: async (url) => {
              throw new OrreryError("EGRESS_DENIED", `A test host reaches no network (${new URL(url).host}).`);
            },
          },
        );
        tap(
          "event",
          (event) => {
            heard.push(event);
          },
          { phase: "observe" },
        );
      },
    }),
    { tier: "core" },
  );
  const install = async (plugin: AnyPlugin, options: InstallOptions = {}): Promise<PluginReport> => {
    const elsewhere = await realmOfTests()?.(plugin);
    return elsewhere ? kernel.install(elsewhere, { ...options, tier: "community" }) : kernel.install(plugin, { tier: "core", ...options });
  };
  for (const entry of plugins) {
    const [plugin, options] = Array.isArray(entry) ? (entry as readonly [AnyPlugin, InstallOptions]) : [entry as AnyPlugin, {}];
    await install(plugin, options);
  }
  return {
    kernel,
    log: platform.lines,
    journal: journal.entries,
    events: () => heard,
    trace: () => traced,
    report: (id) => kernel.inspect().plugins.find((plugin) => plugin.id === id),
    install,
    call: (hook, input, options) => kernel.call(hook, input, options),
    async run(text, { documents = {}, ...request } = {}) {
      const runner = kernel.service(Runner);
      if (!runner) throw new OrreryError("RUNNER_MISSING", "No plugin provides the runner.", { todo: "Add orrery.runner to the test host's plugins." });
      const files: InputFile[] = Object.entries(documents).map(([path, content]) => ({ path, bytes: new TextEncoder().encode(content) }));
      const { runId } = await runner.start({
        text,
        files,
        actor: "tester",
        workspace: "test",
        spending: { allowed: false, capNano: 0, why: "a test" },
        ...request,
      });
      return runner.wait(runId);
    },
    async close() {
      stopTracing();
      await kernel.close();
    },
  };
}

/** Set by `orrery plugin test`: gives the plugin under test as it runs in another realm, undefined for any other plugin. */
const realmOfTests = (): ((plugin: AnyPlugin) => Promise<AnyPlugin | undefined>) | undefined =>
  (globalThis as { [key: symbol]: unknown })[Symbol.for("orrery.test-realm")] as ReturnType<typeof realmOfTests>;

const capped = (ms: number): Lifecycle =>
  Object.fromEntries(
    Object.entries(lifecycle).map(([name, spec]) => [
      name,
      { ...spec, deadlineMs: spec.deadlineMs === "caller" ? spec.deadlineMs : Math.min(ms, spec.deadlineMs) },
    ]),
  ) as unknown as Lifecycle;
