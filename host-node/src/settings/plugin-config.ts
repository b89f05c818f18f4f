import { canonicalJson, type Json } from "@orrery/sdk";
import type { Home } from "../home.ts";
import { saveSetting } from "./load-settings.ts";
import { readJsonObject } from "./settings-file.ts";

type Configs = Readonly<Record<string, Json>>;

/** What plugins are configured with, by id: as this process was told at its start, and what was changed in the file since. */
export class PluginConfig {
  readonly #home: Pick<Home, "config">;
  readonly #given: Configs;
  readonly #file: Configs;

  constructor(home: Pick<Home, "config">, given: Configs) {
    this.#home = home;
    this.#given = given;
    this.#file = this.file();
  }

  /** Throws CONFIG_UNREADABLE. */
  of(id: string): Json | undefined {
    const now = at(this.file(), id);
    return sameJson(now, at(this.#file, id)) ? at(this.#given, id) : now;
  }

  /** What the file says now. */
  file(): Configs {
    const { pluginConfig } = readJsonObject(this.#home.config);
    return typeof pluginConfig === "object" && pluginConfig !== null && !Array.isArray(pluginConfig) ? (pluginConfig as Configs) : {};
  }

  /** Throws CONFIG_INVALID, CONFIG_UNWRITABLE. */
  keep(id: string, value: Json | undefined): void {
    saveSetting(this.#home, ["pluginConfig", id], value);
  }
}

const at = (configs: Configs, id: string): Json | undefined => (Object.hasOwn(configs, id) ? configs[id] : undefined);
export const sameJson = (a: Json | undefined, b: Json | undefined): boolean =>
  a === undefined || b === undefined ? a === b : canonicalJson(a) === canonicalJson(b);
