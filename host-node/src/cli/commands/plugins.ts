import { type InstalledPackage, OrreryError } from "@orrery/sdk";
import { askServer } from "../../client/remote.ts";
import { failureOf } from "../failure.ts";
import { table } from "../format.ts";
import { oneLine } from "../terminal.ts";
import { type Common, withHost } from "../with-host.ts";
import { packageRows } from "./packages.ts";
import { settingRow } from "./plugin-config.ts";

/** `orrery plugins list`. */
export function list(options: Common): Promise<number> {
  return withHost(options, async ({ client, host, terminal }) => {
    // Read by itself: what is loaded can be told whatever state the list of what is installed is in.
    const [plugins, read] = await Promise.all([client.plugins(), client.packages().catch((thrown: unknown) => failureOf(thrown))]);
    const [packages, damage] = Array.isArray(read) ? [read, undefined] : [[], read];
    const served = await servedPackages(host.home);
    const elsewhere = served.filter((each) => each.problem ?? each.running);
    terminal.object({ plugins, packages, notLoaded: host.notLoaded, ...(elsewhere.length > 0 ? { server: elsewhere } : {}), ...(damage ? { damage } : {}) });
    const rows = plugins.map(({ id, version, tier, state, title, error, waitingFor }) => [
      id,
      version,
      tier,
      state,
      oneLine(error?.message ?? (waitingFor.length > 0 ? `waits for ${waitingFor.join(", ")}` : (title ?? "")), 400),
    ]);
    for (const line of table([["PLUGIN", "VERSION", "TIER", "STATE", ""], ...rows])) terminal.line(line);
    if (packages.length > 0) {
      terminal.line();
      for (const line of table([["INSTALLED", "VERSION", "SIGNED BY", ""], ...packageRows(packages)])) terminal.line(line);
    }
    if (elsewhere.length > 0) {
      terminal.line();
      for (const line of table([["IN THE RUNNING SERVER", "VERSION", "SIGNED BY", ""], ...packageRows(elsewhere)])) terminal.line(line);
    }
    if (damage) terminal.line(terminal.colours.red(oneLine(`${damage.code} ${damage.message} ${damage.do ?? ""}`, 1_000)));
    for (const { plugin, code, message } of host.notLoaded.filter((each) => each.code !== damage?.code))
      terminal.line(terminal.colours.red(oneLine(`${plugin} was not loaded: ${code} ${message}`, 1_000)));
    return 0;
  });
}

/** What the server of this data folder has of them, where one runs. */
const servedPackages = async (home: Parameters<typeof askServer>[0]): Promise<readonly InstalledPackage[]> =>
  (await askServer<{ packages: InstalledPackage[] }>(home, "GET", "/api/packages").catch(() => undefined))?.packages ?? [];

/** `orrery plugins inspect`. */
export function inspect(options: Common, id: string): Promise<number> {
  return withHost(options, async ({ client, terminal }) => {
    const plugins = await client.plugins();
    const found = plugins.find((plugin) => plugin.id === id);
    if (!found)
      throw new OrreryError("PLUGIN_UNKNOWN", `no plugin "${id}" is installed`, { todo: `There are: ${plugins.map((plugin) => plugin.id).join(", ")}.` });
    const { settings, described } = await client.pluginSettings(id);
    terminal.object({ ...found, settings });
    const rows: [string, string][] = [
      ["id", `${found.id} ${found.version}`],
      ["what", [found.title, found.description].filter(Boolean).join(": ")],
      ["tier", found.tier],
      ["state", found.error ? `${found.state}: ${found.error.message}` : found.state],
      ["requires", found.requires.join(", ")],
      ["waits for", found.waitingFor.join(", ")],
      ["provides", found.provides.join(", ")],
      ["taps", found.taps.map(({ hook, phase }) => (phase === "main" ? hook : `${hook} (${phase})`)).join(", ")],
      ["holds", found.effects.join(", ")],
      ["may", found.capabilities.granted.join(", ")],
      ["denied", found.capabilities.denied.join(", ")],
      ["faults", found.faults.map(({ hook, code, message }) => `${hook}: ${code} ${message}`).join("; ")],
    ];
    const told = rows.filter(([, text]) => text !== "").map(([name, text]) => [name, oneLine(text, 4_000)]);
    for (const line of table(told)) terminal.line(line);
    if (settings.length === 0) return 0;
    terminal.line();
    terminal.line(described ? `It can be set: orrery config set pluginConfig.${id}.NAME VALUE` : "What it was set to; its library does not say what it takes:");
    for (const line of table([["SETTING", "IS", "TAKES", "DEFAULT", ""], ...settings.map(settingRow)])) terminal.line(line);
    return 0;
  });
}

/** `orrery plugins explain`. */
export function explain(options: Common, hook: string): Promise<number> {
  return withHost(options, async ({ client, terminal }) => {
    const hooks = await client.hooks();
    if (!hooks.includes(hook)) throw new OrreryError("HOOK_UNKNOWN", `there is no hook "${hook}"`, { todo: `There are: ${hooks.join(", ")}.` });
    const explained = await client.explain(hook);
    terminal.object(explained);
    terminal.line(
      `${terminal.colours.bold(explained.hook)}  ${explained.kind}, on a fault: ${explained.fault}, deadline: ${explained.deadlineMs === "caller" ? "the caller's" : `${explained.deadlineMs} ms`}`,
    );
    terminal.line(explained.doc);
    if (explained.taps.length === 0) terminal.line("Nobody taps it.");
    for (const line of table(explained.taps.map(({ plugin, phase, state, because }, i) => [`${i + 1}.`, plugin, phase, state, because]))) terminal.line(line);
    return 0;
  });
}
