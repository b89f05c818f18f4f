import { OrreryError } from "../error.ts";
import { canonicalJson } from "../journal.ts";
import type { Json } from "../json.ts";
import { assertSettings, type Described } from "./check-settings.ts";
import { isObject } from "./json-schema.ts";
import { changed, type PluginSettings, type SettingsChange, settingsOf, type SettingsValue } from "./plugin-settings.ts";

/** What a host has of plugins and their settings. */
export interface SettingsHost {
  /** Undefined when no plugin of this id is here. `runs`: it is at work, and what does not start must not take its place. */
  find(id: string): Promise<(Described & { readonly version: string; readonly runs: boolean; readonly problem?: PluginSettings["problem"] }) | undefined>;
  /** What was set; undefined when nothing was. */
  read(id: string): Promise<Json | undefined>;
  /** Keeps it in one step; nothing, when it is undefined. */
  write(id: string, value: SettingsValue | undefined): Promise<void>;
  /** Starts the plugin anew with these settings. Throws when it does not start; one that was at work goes on then. */
  restart(id: string, value: SettingsValue | undefined): Promise<void>;
  /** What was changed, from what to what, in words without a secret; told once it is kept. */
  told(id: string, detail: string): Promise<void>;
}

/** Where the settings of plugins are read and changed, one change at a time: what does not fit or does not start is not kept. */
export class SettingsDesk {
  readonly #host: SettingsHost;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(host: SettingsHost) {
    this.#host = host;
  }

  /** Throws PLUGIN_UNKNOWN. */
  async read(id: string): Promise<PluginSettings> {
    const { version, schema, problem } = await this.#find(id);
    return { id, version, described: schema !== undefined, settings: settingsOf(schema, await this.#given(id)), ...(problem ? { problem } : {}) };
  }

  /**
   * Keeps a change, with which the plugin starts anew at once. Throws PLUGIN_UNKNOWN, SETTING_UNKNOWN, SETTINGS_INVALID, and SETTINGS_REFUSED when a
   * plugin that was at work does not start with it: then it goes on with what was set before. One that was not at work keeps it, and says why in `problem`.
   */
  change(id: string, change: SettingsChange): Promise<PluginSettings> {
    return this.#alone(async () => {
      const found = await this.#find(id);
      const before = await this.#given(id);
      const missing = change.unset?.find((name) => !Object.hasOwn(before, name) && !this.#names(found, name));
      if (missing !== undefined) assertSettings(found, { [missing]: null });
      const after = changed(before, change);
      assertSettings(found, after);
      const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !same(before[name], after[name]));
      if (names.length === 0) return this.read(id);
      const value = Object.keys(after).length === 0 ? undefined : after;
      if (found.runs) await this.#swap(id, before, value);
      else {
        await this.#host.write(id, value);
        // Why it does not start is told with what it reads.
        await this.#host.restart(id, value).catch(() => undefined);
      }
      const is = await this.read(id);
      const secrets = settingsOf(found.schema, { ...before, ...after }).filter((each) => each.secret);
      const secret = (name: string): boolean => secrets.some((each) => each.name === name);
      await this.#host.told(
        id,
        names.map((name) => `${name} ${secret(name) ? "(secret) was changed" : `= ${shown(after[name])}, was ${shown(before[name])}`}`).join("; "),
      );
      return is;
    });
  }

  /** What was set elsewhere, as by hand in a file: a plugin that was at work starts anew with it, and goes on as it was when that fails. Throws what `change` throws. */
  takeUp(id: string, value: Json | undefined): Promise<void> {
    return this.#alone(async () => {
      const found = await this.#host.find(id);
      if (!found) return;
      const given = isObject(value) ? value : undefined;
      assertSettings(found, given ?? {});
      await this.#restart(id, given);
    });
  }

  /** It runs with the new ones before they are kept: whoever is killed in between has kept the old ones. */
  async #swap(id: string, before: SettingsValue, value: SettingsValue | undefined): Promise<void> {
    const old = Object.keys(before).length === 0 ? undefined : before;
    await this.#restart(id, value);
    try {
      await this.#host.write(id, value);
    } catch (error) {
      await this.#host.restart(id, old);
      throw error;
    }
  }

  async #restart(id: string, value: SettingsValue | undefined): Promise<void> {
    try {
      await this.#host.restart(id, value);
    } catch (cause) {
      if ((cause as { code?: string }).code === "SETTINGS_BUSY") throw cause;
      throw new OrreryError("SETTINGS_REFUSED", `${id} does not start with these settings, and goes on with those it had: ${wordsOf(cause)}`, {
        todo: (cause as { todo?: string }).todo ?? "Nothing was changed. Correct them, or tell the plugin's author.",
        refusal: true,
        cause,
      });
    }
  }

  #names({ schema }: Described, name: string): boolean {
    return schema === undefined || (isObject(schema["properties"]) && Object.hasOwn(schema["properties"], name));
  }

  async #find(id: string) {
    const found = await this.#host.find(id);
    if (found) return found;
    throw new OrreryError("PLUGIN_UNKNOWN", `no plugin "${id.slice(0, 100)}" is installed`, { todo: "`orrery plugin list` shows what is.", refusal: true });
  }

  async #given(id: string): Promise<SettingsValue> {
    const given = await this.#host.read(id);
    return isObject(given) ? given : {};
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }
}

const same = (a: Json | undefined, b: Json | undefined): boolean => canonicalJson([a ?? null, a === undefined]) === canonicalJson([b ?? null, b === undefined]);
const shown = (value: Json | undefined): string => (value === undefined ? "not set" : JSON.stringify(value).slice(0, 200));
const wordsOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
