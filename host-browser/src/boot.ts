import { createKernel, type Kernel, type PluginReport } from "@orrery/kernel";
import { type AnyPlugin, type Lifecycle, lifecycle } from "@orrery/sdk";
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
}

/** A kernel with the browser's host services and the plugins of a preset, each at tier core. */
export async function boot({ base, database = "orrery", plugins, carry }: BootOptions): Promise<Booted> {
  const kernel = createKernel({ hooks: lifecycle, platform: browserPlatform, unchecked: ["core"] });
  const hub = new WatchHub();
  const state = new StateDatabase(`${database}.state`);
  const tabs = new Tabs(`${database}.tabs`);
  const host = [
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
  /** What was set may no longer fit a newer plugin: it starts without, and says so. */
  const install = async (plugin: AnyPlugin, config: unknown): Promise<PluginReport> => {
    const { id } = plugin.manifest;
    known.set(id, plugin);
    if (config !== undefined) {
      try {
        return await kernel.install(plugin, { tier: "core", config });
      } catch (thrown) {
        browserPlatform.log.warn(`${id} does not start with what it was set to, and is as it came`, { message: String(thrown) });
      }
    }
    return kernel.install(plugin, { tier: "core" });
  };
  const rows = await state.values.where("[ns+key]").between([configs, ""], [configs, "\uffff"]).toArray();
  await Promise.all([installed, ...plugins.map((plugin) => install(plugin, rows.find(({ key }) => key === plugin.manifest.id)?.value))]);
  const add = async (plugin: AnyPlugin) => install(plugin, (await state.values.get([configs, plugin.manifest.id]))?.value);
  return { kernel, hub, state, tabs, plugins: known, add };
}
