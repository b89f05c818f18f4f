import { OrreryError } from "@orrery/sdk";
import { locateHome, openHome } from "../../home.ts";
import { loadSettings, saveSetting } from "../../settings/load-settings.ts";
import { type Settings, settings as schema } from "../../settings/schema.ts";
import { table } from "../format.ts";
import { Terminal } from "../terminal.ts";
import type { Common } from "../with-host.ts";

/** `orrery config get [key]`: what holds now, wherever it was set. */
export async function get(options: Common, key = ""): Promise<number> {
  const terminal = new Terminal(options);
  if (key.startsWith("pluginConfig.")) return (await import("./plugin-config.ts")).get(options, key);
  const all = flatten(loadSettings(locateHome(options.home)));
  for (const each of all) if (each[0] === "tools.mcp") each[1] = withoutSecrets(each[1]);
  const plugins = all.find(([path, value]) => path === "pluginConfig" && Object.keys(value as object).length > 0);
  if (plugins && (key === "" || key === "pluginConfig"))
    plugins[1] = await (await import("./plugin-config.ts")).shown(options, plugins[1] as Settings["pluginConfig"]);
  const shown = key === "" ? all : all.filter(([path]) => path === key || path.startsWith(`${key}.`));
  if (shown.length === 0) {
    const known = paths();
    if (!known.includes(key)) throw unknown(key);
  }
  terminal.object(Object.fromEntries(shown));
  const lines = shown.map(([path, value]) => [path, typeof value === "string" ? value : JSON.stringify(value)]);
  for (const line of key !== "" && lines.length === 1 && lines[0]?.[0] === key ? [lines[0][1] ?? ""] : table(lines)) terminal.line(line);
  return 0;
}

/** `orrery config set key value`. */
export async function set(options: Common, key: string, text: string): Promise<number> {
  const value = literal(text);
  if (key === "pluginConfig" || key.startsWith("pluginConfig.")) return (await import("./plugin-config.ts")).set(options, key, value, text);
  const home = openHome(locateHome(options.home));
  if (!paths().includes(key)) throw unknown(key);
  // A number where text is wanted is that text, and not a mistake.
  try {
    saveSetting(home, key, value);
  } catch (error) {
    if (typeof value === "string" || !(error instanceof OrreryError) || error.code !== "CONFIG_INVALID") throw error;
    try {
      saveSetting(home, key, text);
    } catch {
      throw error;
    }
  }
  const terminal = new Terminal(options);
  terminal.object({ [key]: value });
  terminal.line(`${key} is now ${text}`);
  return 0;
}

/** `orrery config unset key`. */
export async function unset(options: Common, key: string): Promise<number> {
  if (key === "pluginConfig" || key.startsWith("pluginConfig.")) return (await import("./plugin-config.ts")).unset(options, key);
  const home = openHome(locateHome(options.home));
  if (!paths().includes(key)) throw unknown(key);
  saveSetting(home, key, undefined);
  return get(options, key);
}

/** `orrery config path`. */
export async function path(options: Common): Promise<number> {
  const terminal = new Terminal(options);
  const home = locateHome(options.home);
  terminal.object(home);
  for (const line of table(Object.entries(home))) terminal.line(line);
  return 0;
}

const literal = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** What an MCP server is given to be let in with is named, and not shown. */
function withoutSecrets(servers: unknown): unknown {
  if (!nested(servers)) return servers;
  const hidden = (values: unknown): unknown =>
    nested(values) ? Object.fromEntries(Object.keys(values).map((name) => [name, "(set, and not shown)"])) : values;
  return Object.fromEntries(
    Object.entries(servers).map(([name, server]) => [
      name,
      nested(server) ? Object.fromEntries(Object.entries(server).map(([key, value]) => [key, /^(env|headers)$/.test(key) ? hidden(value) : value])) : server,
    ]),
  );
}

const nested = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

function flatten(all: Settings): [string, unknown][] {
  return Object.entries(all).flatMap(([key, value]) =>
    nested(value) && key !== "pluginConfig"
      ? Object.entries(value).map(([inner, each]): [string, unknown] => [`${key}.${inner}`, each])
      : [[key, value] as [string, unknown]],
  );
}

/** Every setting there is, set or not. */
function paths(): string[] {
  return Object.entries(schema.shape).flatMap(([key, member]) => {
    const inner = "unwrap" in member && typeof member.unwrap === "function" ? (member.unwrap() as unknown) : member;
    return typeof inner === "object" && inner !== null && "shape" in inner ? Object.keys(inner.shape as object).map((name) => `${key}.${name}`) : [key];
  });
}

const unknown = (key: string) => new OrreryError("CONFIG_UNKNOWN", `there is no setting "${key}"`, { todo: `There are: ${paths().join(", ")}.` });
