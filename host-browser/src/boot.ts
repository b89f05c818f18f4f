import { createKernel, type Kernel } from "@orrery/kernel";
import { type AnyPlugin, type Lifecycle, lifecycle } from "@orrery/sdk";
import { assetsPlugin } from "./assets.ts";
import { connectionsPlugin } from "./connections.ts";
import { StateDatabase } from "./database.ts";
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
  await Promise.all([...host, ...plugins].map((plugin) => kernel.install(plugin, { tier: "core" })));
  return { kernel, hub, state, tabs };
}
