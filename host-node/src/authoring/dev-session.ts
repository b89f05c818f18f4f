import type { HookTrace, Kernel } from "@orrery/kernel";
import type { Clock, Lifecycle, PluginReport } from "@orrery/sdk";
import { describeSource, type SandboxEngine, sandboxedPlugin } from "@orrery/sdk/sandbox";
import { failureOf } from "../cli/failure.ts";
import { type BundledPlugin, bundlePlugin } from "../packages/bundle-plugin.ts";

/** What an author is told while a plugin is being written. */
export type DevNews =
  | { readonly is: "loaded"; readonly id: string; readonly version: string; readonly hooks: readonly string[]; readonly ms: number; readonly again: boolean }
  | { readonly is: "broken"; readonly code: string; readonly message: string; readonly kept: boolean }
  | { readonly is: "warning"; readonly message: string }
  | { readonly is: "fired"; readonly hook: string; readonly ms: number; readonly outcome: HookTrace["outcome"]; readonly code?: string }
  | { readonly is: "fault"; readonly message: string; readonly at: string }
  | { readonly is: "denied"; readonly capability: string }
  | { readonly is: "stopped"; readonly code: string; readonly message: string }
  | { readonly is: "logged"; readonly level: string; readonly message: string };

export interface DevParts {
  readonly path: string;
  readonly kernel: Kernel<Lifecycle>;
  readonly engine: SandboxEngine;
  readonly clock: Clock;
  /** Capabilities the author wants to see denied. */
  readonly deny: readonly string[];
  tell(news: DevNews): void;
}

/** One plugin in the making, in the sandbox it will run in: loaded anew as its source changes; what does not load leaves the last one that did. */
export class DevSession {
  readonly #parts: DevParts;
  readonly #undo: (() => unknown)[] = [];
  #id: string | undefined;
  #bundle: BundledPlugin | undefined;

  constructor(parts: DevParts) {
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

  /** Bundles, describes and loads what the source is now. True when it runs. */
  async load(): Promise<boolean> {
    const { path, kernel, engine, clock, deny, tell } = this.#parts;
    const started = clock.elapsed();
    const before = this.report();
    const runs = before?.state === "active";
    try {
      const bundle = await bundlePlugin(path);
      for (const message of bundle.warnings) tell({ is: "warning", message });
      this.#bundle = bundle;
      const { manifest, hooks, requires, provides } = await describeSource(bundle.code, engine, clock);
      const plugin = sandboxedPlugin({
        manifest: { ...manifest, hooks, requires, provides },
        code: bundle.code,
        engine,
        onStopped: ({ code, message }) => tell({ is: "stopped", code, message }),
      });
      const options = { tier: "community", deny } as const;
      if (before && !(runs && before.id === manifest.id)) await kernel.uninstall(before.id);
      this.#id = manifest.id;
      const report = runs && before.id === manifest.id ? await kernel.replace(plugin, options) : await kernel.install(plugin, options);
      if (report.state === "active") {
        tell({ is: "loaded", id: report.id, version: report.version, hooks: [...hooks], ms: clock.elapsed() - started, again: before !== undefined });
        return true;
      }
      const waits = report.waitingFor.length > 0 ? `it waits for ${report.waitingFor.join(", ")}` : `it is ${report.state}`;
      tell({ is: "broken", code: report.error?.code ?? "PLUGIN_WAITS", message: this.#placed(report.error?.message ?? waits), kept: false });
    } catch (thrown) {
      const { code, message } = failureOf(thrown);
      tell({ is: "broken", code, message: this.#placed(message), kept: runs });
    }
    return false;
  }

  report(): PluginReport | undefined {
    return this.#parts.kernel.inspect().plugins.find(({ id }) => id === this.#id);
  }

  /** Takes a line of the host's log: where something was thrown becomes a place in the source. */
  logged(level: string, message: string, data: unknown): void {
    const at = (data as { at?: unknown } | undefined)?.at;
    if (typeof at === "string" && this.#bundle) this.#parts.tell({ is: "fault", message, at: this.#placed(at) });
    else if (level !== "debug") this.#parts.tell({ is: "logged", level, message });
  }

  async close(): Promise<void> {
    for (const undo of this.#undo.splice(0)) undo();
    if (this.report()) await this.#parts.kernel.uninstall(this.#id ?? "");
  }

  /** Places of the bundle in a text, as places of the source. */
  #placed(text: string): string {
    return this.#bundle?.placed(text) ?? text;
  }
}
