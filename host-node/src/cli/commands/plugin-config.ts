import { type Json, OrreryError, type PluginSetting, type PluginSettings, type SettingsChange } from "@orrery/sdk";
import { askServer } from "../../client/remote.ts";
import { locateHome, openHome } from "../../home.ts";
import { saveSetting } from "../../settings/load-settings.ts";
import { PluginConfig, sameJson } from "../../settings/plugin-config.ts";
import { table } from "../format.ts";
import { oneLine, Terminal } from "../terminal.ts";
import { type Common, withHost } from "../with-host.ts";

interface Desk {
  read(id: string): Promise<PluginSettings>;
  change(id: string, change: SettingsChange): Promise<PluginSettings>;
}
/** A plugin, the setting of it that a key names, and where in that. */
interface Place {
  readonly found: PluginSettings;
  readonly name?: string;
  readonly within: readonly string[];
}

const notShown = "(set, and not shown)";

/** `orrery config get pluginConfig.ID[.NAME]`. */
export function get(options: Common, key: string): Promise<number> {
  return atDesk(options, async (desk) => {
    const terminal = new Terminal(options);
    const { found, name, within } = await placeOf(desk, key);
    if (name === undefined) {
      const all = found.settings.map((each) => [`pluginConfig.${found.id}.${each.name}`, heldOf(each)] as const);
      terminal.object(Object.fromEntries(all.map(([path, value]) => [path, value ?? null])));
      for (const line of table(all.map(([path, value]) => [path, text(value)]))) terminal.line(line);
      return 0;
    }
    const setting = found.settings.find((each) => each.name === name);
    if (!setting) throw unknownSetting(found, name);
    const value = setting.secret ? heldOf(setting) : within.reduce<Json | undefined>((at, part) => (nested(at) ? at[part] : undefined), heldOf(setting));
    terminal.object({ [key]: value ?? null });
    terminal.line(text(value));
    return 0;
  });
}

/** `orrery config set pluginConfig… VALUE`: what does not fit is not kept, and a plugin at work takes it up at once. */
export function set(options: Common, key: string, value: unknown, given: string): Promise<number> {
  return atDesk(options, async (desk) => {
    if (key === "pluginConfig") return setAll(desk, options, value as Json);
    const place = await placeOf(desk, key);
    const change = (to: Json): Promise<PluginSettings> => desk.change(place.found.id, changeOf(place, to));
    // A number where text is wanted is that text, and not a mistake.
    const is = await change(value as Json).catch((error: unknown) => {
      if (typeof value === "string" || place.name === undefined || (error as OrreryError).code !== "SETTINGS_INVALID") throw error;
      return change(given).catch(() => Promise.reject(error));
    });
    const secret = is.settings.find((each) => each.name === place.name)?.secret ?? false;
    tell(options, is, { [key]: secret ? notShown : (value as Json) }, secret ? `${key} is set` : `${key} is now ${given}`);
    return 0;
  });
}

/** `orrery config unset pluginConfig…`. */
export function unset(options: Common, key: string): Promise<number> {
  return atDesk(options, async (desk) => {
    if (key === "pluginConfig") return setAll(desk, options, {});
    const { found, name, within } = await placeOf(desk, key);
    if (name === undefined) {
      tell(options, await desk.change(found.id, { others: "unset" }), { [key]: null }, `${key} is back to its defaults`);
      return 0;
    }
    if (within.length > 0) throw inside(key, found.id, name);
    const is = await desk.change(found.id, { unset: [name] });
    const now = is.settings.find((each) => each.name === name);
    const held = now && heldOf(now);
    tell(options, is, { [key]: held ?? null }, `${key} is now ${text(held)}`);
    return 0;
  });
}

/** The settings of all plugins as they may be shown. */
export function shown(options: Common, all: Readonly<Record<string, Json>>): Promise<Record<string, Json>> {
  return atDesk(options, async (desk) => {
    const told = await Promise.all(
      Object.entries(all).map(async ([id, value]): Promise<[string, Json]> => {
        const found = await known(desk, id);
        const set = found?.settings.filter((each) => each.set).map((each) => [each.name, heldOf(each) ?? null] as const);
        return [id, set ? Object.fromEntries(set) : value];
      }),
    );
    return Object.fromEntries(told);
  });
}

/** How `orrery plugin inspect` tells of one. */
export const settingRow = (setting: PluginSetting): string[] => [
  oneLine(setting.name),
  setting.secret ? (setting.set ? notShown : "not set") : setting.set ? oneLine(text(setting.value), 80) : setting.needed ? "MISSING" : "default",
  oneLine(setting.takes, 80),
  setting.default === undefined ? "" : oneLine(text(setting.default), 60),
  oneLine(setting.description ?? "", 300),
];

/** What holds: what was set, or else the default. */
const heldOf = (setting: PluginSetting): Json | undefined => (setting.secret ? (setting.set ? notShown : undefined) : (setting.value ?? setting.default));
const text = (value: Json | undefined): string => (value === undefined ? "not set" : typeof value === "string" ? value : JSON.stringify(value));
const nested = (value: Json | undefined): value is { [key: string]: Json } => typeof value === "object" && value !== null && !Array.isArray(value);

function tell(options: Common, is: PluginSettings, object: object, line: string): void {
  const terminal = new Terminal(options);
  terminal.object({ ...object, ...(is.problem ? { problem: is.problem } : {}) });
  terminal.line(line);
  if (is.problem) terminal.line(terminal.colours.yellow(oneLine(`${is.id} is not running: ${is.problem.code} ${is.problem.message}`, 1_000)));
}

async function setAll(desk: Desk, options: Common, value: Json): Promise<number> {
  const home = openHome(locateHome(options.home));
  if (!nested(value))
    throw new OrreryError("CONFIG_INVALID", "pluginConfig takes an object: settings by plugin id", { todo: `As '{"acme.signature": {"word": "Signed"}}'.` });
  const before = new PluginConfig(home, {}).file();
  for (const id of new Set([...Object.keys(before), ...Object.keys(value)])) {
    const next = value[id];
    if (sameJson(before[id], next)) continue;
    if (await known(desk, id)) await desk.change(id, { set: objectFor(id, next ?? {}), others: "unset" });
    else saveSetting(home, ["pluginConfig", id], next);
  }
  const terminal = new Terminal(options);
  terminal.object({ pluginConfig: await shown(options, value) });
  terminal.line("pluginConfig is kept.");
  return 0;
}

function changeOf({ found, name, within }: Place, value: Json): SettingsChange {
  if (name === undefined) return { set: objectFor(found.id, value), others: "unset" };
  if (within.length === 0) return { set: { [name]: value } };
  const setting = found.settings.find((each) => each.name === name);
  if (setting?.secret) throw inside(`pluginConfig.${found.id}.${name}`, found.id, name);
  const whole = structuredClone(setting?.value ?? setting?.default ?? {}) as Json;
  let at = nested(whole) ? whole : {};
  const top = at;
  for (const part of within.slice(0, -1)) {
    const next = Object.hasOwn(at, part) ? at[part] : undefined;
    const inner = nested(next) ? next : {};
    Object.defineProperty(at, part, { value: inner, enumerable: true, configurable: true, writable: true });
    at = inner;
  }
  Object.defineProperty(at, within.at(-1) ?? "", { value, enumerable: true, configurable: true, writable: true });
  return { set: { [name]: top } };
}

function objectFor(id: string, value: Json): { [name: string]: Json } {
  if (nested(value)) return value;
  throw new OrreryError("SETTINGS_INVALID", `the settings of ${id}: expected an object, and was given ${text(value).slice(0, 100)}`, {
    todo: `Name one of them: orrery config set pluginConfig.${id}.NAME VALUE; orrery plugin inspect ${id} shows them.`,
  });
}

/** An id has points in it, as a key has: the longest that is a plugin's counts. Throws CONFIG_UNKNOWN. */
async function placeOf(desk: Desk, key: string): Promise<Place> {
  const parts = key.split(".").slice(1);
  for (let length = parts.length; length > 0; length -= 1) {
    const found = await known(desk, parts.slice(0, length).join("."));
    if (!found) continue;
    const rest = parts.slice(length);
    const name = found.settings.find((each) => rest.join(".") === each.name)?.name ?? rest[0];
    return { found, ...(name === undefined ? {} : { name }), within: rest.slice(name === undefined ? 0 : name.split(".").length) };
  }
  throw new OrreryError("CONFIG_UNKNOWN", `no plugin here has the setting "${key}"`, {
    todo: `\`orrery plugin list\` shows the ids. For a plugin that is not loaded: orrery config set pluginConfig '{"ID": {"NAME": "VALUE"}}'`,
  });
}

const known = (desk: Desk, id: string): Promise<PluginSettings | undefined> =>
  desk.read(id).catch((error: unknown) => {
    if ((error as OrreryError).code === "PLUGIN_UNKNOWN") return undefined;
    throw error;
  });

const inside = (key: string, id: string, name: string): OrreryError =>
  new OrreryError("SETTINGS_INVALID", `${key} can only be changed as a whole`, { todo: `orrery config set pluginConfig.${id}.${name} VALUE, or unset it.` });

const unknownSetting = ({ id, settings }: PluginSettings, name: string): OrreryError =>
  new OrreryError("SETTING_UNKNOWN", `${id} has no setting "${name.slice(0, 100)}"`, {
    todo: `It has: ${settings.map((each) => each.name).join(", ") || "none"}.`,
  });

/** Where the plugins are at work: in the server of this data folder, when one runs, else in a host of this process. */
async function atDesk<T>(options: Common, work: (desk: Desk) => Promise<T>): Promise<T> {
  const home = locateHome(options.home);
  const path = (id: string): string => `/api/plugins/${encodeURIComponent(id)}/settings`;
  if (await askServer(home, "GET", "/api/info")) {
    const answered = <A>(answer: A | undefined): A => {
      if (answer !== undefined) return answer;
      throw new OrreryError("SERVER_GONE", "the server of this data folder went away while it was asked", { todo: "Run the command again." });
    };
    return work({
      read: async (id) => answered(await askServer<PluginSettings>(home, "GET", path(id))),
      change: async (id, change) => answered(await askServer<PluginSettings>(home, "PATCH", path(id), change)),
    });
  }
  let result: { readonly value: T } | undefined;
  await withHost({ ...options, json: false }, async ({ client }) => {
    result = { value: await work({ read: (id) => client.pluginSettings(id), change: (id, change) => client.changePluginSettings(id, change) }) };
    return 0;
  });
  return (result as { readonly value: T } | undefined)?.value as T;
}
