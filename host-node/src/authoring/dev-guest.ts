import type { Kernel, PluginReport } from "@orrery/kernel";
import { type AnyPlugin, type Clock, type Lifecycle, type Log, OrreryError, Storage } from "@orrery/sdk";
import { describeSource, type SandboxEngine, sandboxedPlugin, storageOf } from "@orrery/sdk/sandbox";
import { failureOf } from "../cli/failure.ts";
import type { HostClient } from "../client/host-client.ts";
import type { DevHost, DevNews } from "./dev-news.ts";

export interface DevGuestParts {
  readonly kernel: Kernel<Lifecycle>;
  readonly client: HostClient;
  readonly engine: SandboxEngine;
  readonly clock: Clock;
  /** Capabilities the author wants to see denied. */
  deny(): readonly string[];
  configOf(id: string): unknown;
  tell(news: DevNews): void;
}

/** One plugin in the making in this host: in the sandbox it will run in for others, with its hooks, faults and denials told. */
export class DevGuest implements DevHost {
  readonly #parts: DevGuestParts;
  readonly #undo: (() => unknown)[] = [];
  /** Every id it was loaded under. */
  readonly #ids = new Set<string>();
  #id: string | undefined;

  constructor(parts: DevGuestParts) {
    this.#parts = parts;
    const { kernel, tell } = parts;
    this.#undo.push(
      kernel.trace(({ plugin, hook, durationMs, outcome, code }) => {
        if (plugin !== undefined && plugin === this.#id) tell({ is: "fired", hook, ms: durationMs, outcome, ...(code ? { code } : {}) });
      }),
      kernel.onChange(({ plugin, to, detail = "" }) => {
        if (plugin === this.#id && to === "denied") tell({ is: "denied", capability: detail });
      }),
    );
  }

  async load(code: string): Promise<boolean> {
    const { kernel, engine, clock, tell } = this.#parts;
    const started = clock.elapsed();
    const before = this.#report();
    const runs = before?.state === "active";
    try {
      const { manifest, hooks, requires, provides } = await describeSource(code, engine, clock);
      this.#assertFree(manifest.id);
      const plugin = this.#told(
        sandboxedPlugin({
          manifest: { ...manifest, hooks, requires, provides },
          code,
          engine,
          onStopped: ({ code: why, message }) => tell({ is: "stopped", code: why, message }),
        }),
      );
      if (before && !(runs && before.id === manifest.id)) await kernel.uninstall(before.id);
      this.#id = manifest.id;
      this.#ids.add(manifest.id);
      const report = await this.#install(plugin, runs && before.id === manifest.id);
      if (report.state === "active") {
        tell({ is: "loaded", id: report.id, version: report.version, hooks: [...hooks], ms: clock.elapsed() - started, again: before !== undefined });
        return true;
      }
      const waits = report.waitingFor.length > 0 ? `it waits for ${report.waitingFor.join(", ")}` : `it is ${report.state}`;
      tell({ is: "broken", code: report.error?.code ?? "PLUGIN_WAITS", message: report.error?.message ?? waits, kept: false });
    } catch (thrown) {
      tell({ is: "broken", ...failureOf(thrown), kept: runs });
    }
    return false;
  }

  async run(task?: string): Promise<void> {
    const { client, tell } = this.#parts;
    const { runId } = await (task === undefined ? client.example() : client.submit({ task }));
    const { status } = await client.wait(runId);
    const { granted = [], denied = [], used = [] } = this.#report()?.capabilities ?? {};
    const unused = granted.filter((capability) => !used.includes(capability));
    tell({ is: "ran", run: runId, ...(task === undefined ? {} : { task }), status, used, unused, denied });
  }

  async close(): Promise<void> {
    const { kernel } = this.#parts;
    for (const undo of this.#undo.splice(0)) undo();
    if (this.#report()) await kernel.uninstall(this.#id ?? "");
    for (const id of this.#ids) {
      const kept = kernel.service(Storage)?.open(storageOf(id));
      for (const { key } of (await kept?.list("")) ?? []) await kept?.delete(key);
    }
  }

  #report(): PluginReport | undefined {
    return this.#parts.kernel.inspect().plugins.find(({ id }) => id === this.#id);
  }

  #install(plugin: AnyPlugin, replaces: boolean): Promise<PluginReport> {
    const { kernel, deny, configOf } = this.#parts;
    const config = configOf(plugin.manifest.id);
    const options = { tier: "community", deny: deny(), ...(config === undefined ? {} : { config }) } as const;
    return replaces ? kernel.replace(plugin, options) : kernel.install(plugin, options);
  }

  /** Throws PLUGIN_ID_RESERVED, PLUGIN_EXISTS. */
  #assertFree(id: string): void {
    if (/^orrery\./i.test(id))
      throw new OrreryError("PLUGIN_ID_RESERVED", `it calls itself ${id}, and ids that begin with "orrery." are the product's own`, {
        todo: "Begin with your own name, as acme.hello.",
      });
    if (id !== this.#id && this.#parts.kernel.inspect().plugins.some((plugin) => plugin.id === id))
      throw new OrreryError("PLUGIN_EXISTS", `"${id}" is loaded in this host already`, {
        todo: `Remove that one first (orrery plugin remove ${id}), or give yours another id.`,
      });
  }

  /** The plugin, with what it logs told to the author instead of the host's log. */
  #told(plugin: AnyPlugin): AnyPlugin {
    const { tell } = this.#parts;
    const at =
      (level: string): Log["info"] =>
      (message, data) => {
        const { at: place, quarantined } = (data ?? {}) as { at?: unknown; quarantined?: unknown };
        // That it was ended is told by `stopped`.
        if (quarantined !== undefined) return;
        if (typeof place === "string") tell({ is: "fault", message, at: place });
        else if (level !== "debug") tell({ is: "logged", level, message });
      };
    const log: Log = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
    return { ...plugin, setup: (context: object) => plugin.setup({ ...context, log } as never) } as AnyPlugin;
  }
}
