import { statSync } from "node:fs";
import { type AnyPlugin, type Log, parsedConfig } from "@orrery/sdk";
import { failureOf } from "../cli/failure.ts";
import type { Home } from "../home.ts";
import { webRules } from "../plugins/web/index.ts";
import type { Settings } from "./schema.ts";

interface Options {
  readonly home: Pick<Home, "config">;
  /** As this process began with. */
  readonly settings: Settings;
  /** Reads them anew, with the flags and the environment of this process before the file. Absent: they stay as they are. */
  readonly reload?: (() => Settings) | undefined;
  readonly log: Log;
}

/** The settings that hold now. What is written into the file, by whomever, holds for whoever asks after it; a file that is not valid changes nothing, and is told once. */
export class CurrentSettings {
  readonly #options: Options;
  #seen: string;
  #now: Settings;

  constructor(options: Options) {
    this.#options = options;
    this.#now = options.settings;
    this.#seen = this.#file();
  }

  /** Another object when the file is another, and the same as before while it is not. */
  now(): Settings {
    const { home, reload, log } = this.#options;
    const file = this.#file();
    if (file === this.#seen) return this.#now;
    this.#seen = file;
    try {
      this.#now = reload ? reload() : { ...this.#now };
    } catch (thrown) {
      log.error(`${failureOf(thrown).message}; what was set before goes on to hold (${home.config})`, { code: failureOf(thrown).code });
    }
    return this.#now;
  }

  /** It is replaced whenever it is written, so another one is another inode, or of another time. */
  #file(): string {
    const found = statSync(this.#options.home.config, { bigint: true, throwIfNoEntry: false });
    return found ? `${found.ino} ${found.mtimeNs} ${found.size}` : "";
  }
}

/** What the plugins that take settings as they come are set to now: the same map while nothing was changed. What one of them cannot take is told, and it keeps what it had. */
export function currentConfigs(
  { now }: Pick<CurrentSettings, "now">,
  plugins: () => Iterable<AnyPlugin>,
  configOf: (id: string) => unknown,
  log: Log,
): () => ReadonlyMap<string, unknown> {
  let seen: Settings | undefined;
  let configs: ReadonlyMap<string, unknown> = new Map();
  return () => {
    const settings = now();
    if (settings === seen) return configs;
    seen = settings;
    const next = new Map<string, unknown>([["orrery.host.web", webRules(settings)]]);
    for (const plugin of plugins()) {
      const { id } = plugin.manifest;
      try {
        next.set(id, parsedConfig(plugin, configOf(id)));
      } catch (thrown) {
        log.error(`${id} keeps the settings it had: ${failureOf(thrown).message}`);
        next.set(id, configs.get(id));
      }
    }
    configs = next;
    return configs;
  };
}
