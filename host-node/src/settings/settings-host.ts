import { unwatchFile, watchFile } from "node:fs";
import type { InstallOptions, Kernel } from "@orrery/kernel";
import { type AnyPlugin, type Json, type Lifecycle, type Log, OrreryError, parsedConfig } from "@orrery/sdk";
import { noteChange } from "@orrery/sdk/package";
import { assertIdle, pluginLookup, schemaOf, SettingsDesk, type SettingsHost, type SettingsValue } from "@orrery/sdk/settings";
import { type Failure, failureOf } from "../cli/failure.ts";
import type { Home } from "../home.ts";
import type { PackageHost } from "../packages/package-host.ts";
import { type PluginConfig, sameJson } from "./plugin-config.ts";

export interface SettingsOptions {
  readonly home: Home;
  readonly kernel: Kernel<Lifecycle>;
  readonly config: PluginConfig;
  readonly log: Log;
  readonly now: () => number;
  /** On whose behalf it is changed. */
  readonly actor: string;
  /** The plugins that did not come as packages, and how each was installed. */
  readonly plugins: ReadonlyMap<string, { readonly plugin: AnyPlugin; readonly options: InstallOptions }>;
  /** Why one of them was not loaded. */
  readonly problemOf: (id: string) => Failure | undefined;
  /** With what is set under a name of its own. */
  readonly configOf: (id: string, given?: Json) => unknown;
  /** Where any was ever installed. */
  readonly packages: () => Promise<PackageHost> | undefined;
}

const lookMs = 1_000;

/** The desk of this host: settings stand in `config.json` under `pluginConfig`, for plugins of every kind. */
export function settingsDesk(options: SettingsOptions): SettingsDesk & { watch(): () => void } {
  const { home, kernel, config, plugins, configOf, log } = options;
  /** What each plugin was last started with by this desk. */
  const applied = new Map<string, Json | undefined>();
  const { reportOf, packageOf, find } = pluginLookup(kernel, options.packages);

  const host: SettingsHost = {
    find: (id) =>
      find(id, (report, runs) => {
        const known = plugins.get(id);
        if (!known) return report?.tier === "core" ? { id, version: report.version, schema: undefined, stranger: true, runs } : undefined;
        const problem = report ? report.error : options.problemOf(id);
        return { id, version: known.plugin.manifest.version, schema: schemaOf(known.plugin), stranger: false, runs, ...(problem ? { problem } : {}) };
      }),
    read: async (id) => config.of(id),
    write: async (id, value) => config.keep(id, value),
    async restart(id, value) {
      if (await packageOf(id)) await (await options.packages())?.restart(id, configOf(id, value ?? {}));
      else await again(id, value);
      applied.set(id, value);
    },
    told: (id, detail) => noteChange(kernel, id, { at: options.now(), by: options.actor, what: "settings", detail }),
  };

  async function again(id: string, value: SettingsValue | undefined): Promise<void> {
    const known = plugins.get(id);
    if (!known)
      throw new OrreryError("SETTINGS_FIXED", `${id} cannot be started anew here`, {
        todo: "It takes its settings at the next start of this process.",
        refusal: true,
      });
    const given = { ...known.options, config: configOf(id, value ?? {}) };
    // It asks for them where it needs them; what they are checked by is what would check them at a start.
    if (known.plugin.live && reportOf(id)?.state === "active") return void parsedConfig(known.plugin, given.config);
    if (!reportOf(id)) return void (await kernel.install(known.plugin, given));
    await assertIdle(kernel, known.plugin);
    await kernel.replace(known.plugin, given);
  }

  const desk = new SettingsDesk(host);
  return Object.assign(desk, {
    /** Takes up what is written into the file, until it is ended. What does not fit or does not start is told in the log, and what ran goes on. */
    watch: () => {
      let seen = config.file();
      const look = async (): Promise<void> => {
        const now = config.file();
        const ids = [...new Set([...Object.keys(seen), ...Object.keys(now)])].filter((id) => !sameJson(seen[id], now[id]));
        seen = now;
        for (const id of ids) {
          if (applied.has(id) && sameJson(applied.get(id), now[id])) continue;
          await desk
            .takeUp(id, now[id])
            .catch((thrown: unknown) => log.error(`${failureOf(thrown).message} (in ${home.config})`, { code: failureOf(thrown).code }));
        }
      };
      const listener = (): void => void look().catch((thrown: unknown) => log.error(failureOf(thrown).message));
      watchFile(home.config, { interval: lookMs, persistent: false }, listener);
      return () => unwatchFile(home.config, listener);
    },
  });
}
