import type { PluginReport } from "@orrery/kernel";
import { type AnyPlugin, type Log, OrreryError } from "@orrery/sdk";
import { budgetsPlugin } from "@orrery/sdk/package";
import { greetSource, type SandboxEngine, sandboxedPlugin } from "@orrery/sdk/sandbox";
import type { Booted } from "../boot.ts";
import { browserPlatform } from "../platform.ts";
import type { Frames } from "./frames.ts";
import { Packages } from "./packages.ts";
import { tabSandboxEngine } from "./tab-engine.ts";

export { framesOver } from "./frames.ts";

/** What an edited plugin logged, or what happened to it. */
export interface GuestLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly at: number;
}
type Tell = (line: GuestLine) => void;

/** The plugins of this tab that run in its sandbox. */
export class Guests {
  readonly #packages: Packages;
  readonly #engine: SandboxEngine;
  readonly #kernel: Booted["kernel"];

  constructor(booted: Booted, frames: Frames) {
    this.#engine = tabSandboxEngine({ frames });
    this.#kernel = booted.kernel;
    this.#packages = new Packages(booted, this.#engine);
  }

  /** Starts what is installed, with what it was granted to spend. */
  async start(): Promise<Packages> {
    await this.#kernel.install(
      budgetsPlugin((id) => this.#packages.budgetOf(id)),
      { tier: "core" },
    );
    await this.#packages.start();
    return this.#packages;
  }

  /**
   * Installs a plugin somebody edits in this page, or replaces the one of the same id. It is their own: it gets what it asks for.
   * Throws SOURCE_INVALID, PLUGIN_EXISTS, SANDBOX_* or what the kernel refuses it for; the one of the same id stays then.
   */
  async load(code: string, tell: Tell): Promise<PluginReport> {
    const greeted = await greetSource(code, this.#engine, browserPlatform.clock);
    try {
      const { manifest, requires, provides } = greeted.description;
      const known = this.#kernel.inspect().plugins.find(({ id }) => id === manifest.id);
      if ((await this.#packages.list()).some(({ id }) => id === manifest.id))
        throw new OrreryError("PLUGIN_EXISTS", `"${manifest.id}" is installed here`, { todo: "Give yours another id, or remove that one first." });
      if (known?.tier === "core")
        throw new OrreryError("PLUGIN_EXISTS", `"${manifest.id}" is one of the host's own plugins`, { todo: "Give yours another id." });
      const { hooks } = this.#kernel.inspect();
      const plugin = sandboxedPlugin({
        manifest: { ...manifest, hooks, requires, provides },
        code,
        engine: greeted.engine,
        onStopped: ({ plugin: id, message, quarantined }) =>
          tell(line("error", `${id} was stopped: ${message}. It ${quarantined ? "stays down until it is loaded again" : "starts again"}.`)),
      });
      const told = { ...plugin, setup: (context: { readonly log: Log }) => plugin.setup({ ...context, log: logTo(tell) } as never) } as AnyPlugin;
      const report = await (known ? this.#kernel.replace(told, { tier: "community" }) : this.#kernel.install(told, { tier: "community" }));
      if (report.state === "active" || known) return report;
      await this.#kernel.uninstall(report.id);
      throw new OrreryError(report.error?.code ?? "SETUP_FAILED", report.error?.message ?? `the plugin is ${report.state}`);
    } finally {
      greeted.drop();
    }
  }
}

const line = (level: GuestLine["level"], message: string): GuestLine => ({ level, message: message.slice(0, 4_000), at: Date.now() });

function logTo(tell: Tell): Log {
  const at =
    (level: GuestLine["level"]): Log[typeof level] =>
    (message, data) => {
      // That it was ended is told with what becomes of it.
      if (typeof data === "object" && data !== null && "quarantined" in data) return;
      tell(line(level, message));
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
