import { createKernel, type Kernel, type PluginReport } from "@orrery/kernel";
import { type AnyPlugin, canonicalJson, type Json, type Lifecycle, lifecycle, LiveConfigs, parsedConfig } from "@orrery/sdk";
import { assetsPlugin } from "./assets.ts";
import { connectionsPlugin } from "./connections.ts";
import { configs, StateDatabase } from "./database.ts";
import { type Carrier, egressPlugin } from "./egress/index.ts";
import { journalPlugin } from "./journal/index.ts";
import { mailboxPlugin } from "./mailbox.ts";
import { browserPlatform } from "./platform.ts";
import { storagePlugin } from "./storage.ts";
import { Tabs } from "./tabs.ts";
import { WatchHub, watchPlugin } from "./watch-hub.ts";

export interface BootOptions {
  /** Address of the folder the page is served from, with its final slash. */
  base: string;
  /** Name of the IndexedDB databases. */
  database?: string;
  plugins: readonly AnyPlugin[];
  carry: Carrier;
}
export interface Booted {
  kernel: Kernel<Lifecycle>;
  hub: WatchHub;
  state: StateDatabase;
  tabs: Tabs;
  /** The plugins of the product itself, by id. */
  plugins: ReadonlyMap<string, AnyPlugin>;
  /** Installs one more of them, with what it is set to here. */
  add(plugin: AnyPlugin): Promise<PluginReport>;
  /** What one of them works with from now on; one with `live: true`, for the runs that begin now. Throws what its schema says of that one. */
  worksWith(plugin: AnyPlugin, value: Json | undefined): void;
  /** What was set elsewhere, and no plugin here works with yet. */
  setElsewhere(): Promise<{ readonly id: string; readonly value: Json | undefined }[]>;
}

/** A kernel with the browser's host services and the plugins of a preset, each at tier core. */
export async function boot({ base, database = "orrery", plugins, carry }: BootOptions): Promise<Booted> {
  const kernel = createKernel({ hooks: lifecycle, platform: browserPlatform, unchecked: ["core"] });
  const hub = new WatchHub();
  const state = new StateDatabase(`${database}.state`);
  const tabs = new Tabs(`${database}.tabs`);
  let live: ReadonlyMap<string, unknown> = new Map();
  const host = [
    new LiveConfigs(() => live).plugin(),
    journalPlugin(`${database}.journal`),
    storagePlugin(state),
    assetsPlugin(base),
    connectionsPlugin(state),
    egressPlugin(state, carry),
    watchPlugin(hub, `${database}.events`, () => tabs.show("runs")),
    mailboxPlugin(`${database}.mailbox`),
  ];
  const installed = Promise.all(host.map((plugin) => kernel.install(plugin, { tier: "core" })));
  const known = new Map<string, AnyPlugin>();
  const given = new Map<string, Json | undefined>();
  const worksWith: Booted["worksWith"] = (plugin, value) => {
    const { id } = plugin.manifest;
    if (plugin.live) live = new Map([...live, [id, parsedConfig(plugin, value)]]);
    given.set(id, value);
  };
  const kept = async (): Promise<ReadonlyMap<string, Json>> => {
    const rows = await state.values.where("[ns+key]").between([configs, ""], [configs, "\uffff"]).toArray();
    return new Map(rows.map(({ key, value }) => [key, value as Json]));
  };
  /** What was set may no longer fit a newer plugin: it starts without, and says so. */
  const install = async (plugin: AnyPlugin, config: Json | undefined): Promise<PluginReport> => {
    const { id } = plugin.manifest;
    known.set(id, plugin);
    given.set(id, config);
    if (config !== undefined) {
      try {
        const report = await kernel.install(plugin, { tier: "core", config });
        worksWith(plugin, config);
        return report;
      } catch (thrown) {
        browserPlatform.log.warn(`${id} does not start with what it was set to, and is as it came`, { message: String(thrown) });
      }
    }
    return kernel.install(plugin, { tier: "core" });
  };
  const set = await kept();
  await Promise.all([installed, ...plugins.map((plugin) => install(plugin, set.get(plugin.manifest.id)))]);
  const add = async (plugin: AnyPlugin) => install(plugin, (await kept()).get(plugin.manifest.id));
  const setElsewhere: Booted["setElsewhere"] = async () => {
    const now = await kept();
    return [...known.keys()].flatMap((id) => (same(given.get(id), now.get(id)) ? [] : { id, value: now.get(id) }));
  };
  return { kernel, hub, state, tabs, plugins: known, add, worksWith, setElsewhere };
}

const same = (one: Json | undefined, other: Json | undefined): boolean =>
  one === undefined || other === undefined ? one === other : canonicalJson(one) === canonicalJson(other);
