import { token } from "@orrery/kernel";
import { type AnyPlugin, definePlugin, type PluginContext } from "./define-plugin.ts";
import { optional } from "./optional.ts";

/** What plugins with `live: true` are set to, where that may change while they run. */
export interface LiveSettings {
  /** What holds for a run: what was set when it began, to its end. Without a run, or for `-`: what is set now. Undefined: what the plugin was started with. */
  of(plugin: string, run?: string): unknown;
}
export const LiveSettings = token<LiveSettings>("orrery.live-settings@1");

/** What a plugin with `live: true` is set to for a run, or now; in a host whose settings do not change, what it was started with. */
// biome-ignore lint/complexity/noBannedTypes: {} is "no services asked for"
export function liveConfig<Config>({ when, plugin, config }: Pick<PluginContext<{}, Config>, "when" | "plugin" | "config">): (run?: string) => Config {
  const live = optional(when, LiveSettings);
  return (run) => (live()?.of(plugin.id, run) as Config | undefined) ?? config;
}

type Configs = ReadonlyMap<string, unknown>;

/** A host's side of it: what each plugin is set to, checked, and what the runs under way began with. */
export class LiveConfigs implements LiveSettings {
  readonly #current: () => Configs;
  readonly #runs = new Map<string, Configs>();

  /** `current` is asked when a run begins: the same map as before while nothing was changed. */
  constructor(current: () => Configs) {
    this.#current = current;
  }

  of(plugin: string, run?: string): unknown {
    return (run === undefined || run === "-" ? this.#current() : this.#held(run)).get(plugin);
  }

  /** What a run under way began with; without one what is set now, and after it what any run under way began with. */
  held(plugin: string, run?: string): unknown[] {
    const known = run === undefined ? undefined : this.#runs.get(run);
    const all = run === undefined ? [this.#current(), ...this.#runs.values()] : [known ?? this.#current()];
    return [...new Set(all)].map((configs) => configs.get(plugin));
  }

  /** Gives it to plugins, and has each run keep to what it began with. */
  plugin(): AnyPlugin {
    return definePlugin({
      manifest: {
        id: "orrery.host.live-settings",
        version: "0.1.0",
        api: "^1.0",
        title: "Live settings",
        description: "Gives each run the settings that held when it began.",
      },
      provides: [LiveSettings],
      setup: ({ provide, tap }) => {
        provide(LiveSettings, this);
        tap(
          "task.plan",
          (plan) => {
            this.#held(plan.task.run);
            return plan;
          },
          { phase: "observe" },
        );
        for (const end of ["task.finish", "task.fail"] as const) tap(end, ({ task }) => void this.#runs.delete(task.run), { phase: "observe" });
      },
    });
  }

  #held(run: string): Configs {
    const known = this.#runs.get(run);
    if (known) return known;
    const now = this.#current();
    this.#runs.set(run, now);
    return now;
  }
}

/** Settings as a plugin's own schema makes them, defaults included. Throws what the schema says. */
export function parsedConfig({ config }: Pick<AnyPlugin, "config">, given: unknown): unknown {
  const result = config?.["~standard"].validate(given);
  if (result instanceof Promise) throw new TypeError("a plugin with `live: true` checks its settings at once");
  if (result?.issues)
    throw new TypeError(result.issues.map(({ path, message }) => [path?.map(String).join("."), message].filter(Boolean).join(": ")).join("; "));
  return result?.value;
}
