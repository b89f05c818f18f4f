import type { Host } from "../boot.ts";
import type { HostClient } from "../client/host-client.ts";
import { locateHome } from "../home.ts";
import { loadSettings } from "../settings/load-settings.ts";
import { Terminal } from "./terminal.ts";

/** Options every command has. */
export interface Common {
  json?: boolean;
  color?: boolean;
  home?: string;
  plugin?: string[];
}
export interface Session {
  host: Host;
  client: HostClient;
  terminal: Terminal;
}

/** What a flag sets, nested as the settings are. */
export type Flags = Record<string, unknown>;

export function settingsOf(common: Common, flags: Flags = {}) {
  const home = locateHome(common.home);
  const base = loadSettings(home, process.env, flags);
  const plugins = common.plugin && common.plugin.length > 0 ? [...base.plugins, ...common.plugin] : base.plugins;
  return { home, settings: { ...base, plugins } };
}

/** Boots, works, and closes whatever happens. What `work` returns is the exit code. */
export async function withHost(common: Common, work: (session: Session) => Promise<number>, flags: Flags = {}): Promise<number> {
  const started = performance.now();
  const terminal = new Terminal(common);
  const { home, settings } = settingsOf(common, flags);
  const [{ boot }, { HostClient }] = await Promise.all([import("../boot.ts"), import("../client/host-client.ts")]);
  const host = await boot({ home, settings });
  try {
    return await work({ host, client: new HostClient(host, performance.now() - started), terminal });
  } finally {
    await host.close();
  }
}
