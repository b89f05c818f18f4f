import { type AnyPlugin, type Connection, Connections, definePlugin } from "@orrery/sdk";
import type { ConnectionSetting } from "../../settings/schema.ts";
import { discoverLocal } from "./discover.ts";
import { accessOf, isLoopback, providers } from "./providers.ts";
import type { Vault } from "./vault.ts";

export interface ConnectionSources {
  vault: Vault;
  env: NodeJS.ProcessEnv;
  /** Read at each listing, so that what `orrery connect` wrote is there at once. */
  configured: () => readonly ConnectionSetting[];
  discover: boolean;
}

/** Model hosts of the environment, of the settings and of this machine's known ports, in this order; the first of a name wins. */
export async function listConnections({ vault, env, configured, discover }: ConnectionSources, discovered: () => Promise<Connection[]>): Promise<Connection[]> {
  const settings = configured();
  const byProvider = new Map<string, Connection>();
  const names = new Set([...Object.keys(providers), ...settings.map(({ provider }) => provider)]);
  for (const provider of names) {
    const connection = connectionOf(
      provider,
      settings.find((setting) => setting.provider === provider),
      vault,
      env,
    );
    if (connection) byProvider.set(provider, connection);
  }
  if (discover) {
    for (const found of await discovered()) {
      const known = byProvider.get(found.provider);
      if (!known) byProvider.set(found.provider, found);
      else if (known.baseUrl === found.baseUrl && !known.models && found.models) byProvider.set(found.provider, { ...known, models: found.models });
    }
  }
  return [...byProvider.values()];
}

function connectionOf(provider: string, setting: ConnectionSetting | undefined, vault: Vault, env: NodeJS.ProcessEnv): Connection | undefined {
  const access = accessOf(provider);
  const key = vault.key(provider);
  const envUrl = access.urlVariable && env[access.urlVariable]?.trim();
  const baseUrl = envUrl && URL.canParse(envUrl) ? envUrl : setting?.baseUrl;
  if (!key && !baseUrl && !(setting && access.local)) return undefined;
  const address = baseUrl ?? access.baseUrl;
  if (!address) return undefined;
  return {
    provider,
    ...(baseUrl || access.local ? { baseUrl: address } : {}),
    ...(key ? { credential: provider } : {}),
    source: key?.source ?? (envUrl ? (access.urlVariable ?? "config") : "config"),
    local: isLoopback(address),
    ...(setting?.models ? { models: setting.models } : {}),
  };
}

const rediscoverAfterMs = 30_000;

/** The model hosts there are. `sources` is the host's: the keys in it are out of every plugin's reach. */
export function connectionsPlugin(sources: ConnectionSources): AnyPlugin {
  return definePlugin({
    manifest: {
      id: "orrery.host.connections",
      version: "0.1.0",
      api: "^1.0",
      title: "Connections",
      description: "Finds model hosts in the environment, in the settings and on this machine.",
    },
    provides: [Connections],
    setup({ provide, clock }) {
      let last: { at: number; found: Promise<Connection[]> } | undefined;
      const discovered = () => {
        if (!last || clock.elapsed() - last.at > rediscoverAfterMs) last = { at: clock.elapsed(), found: discoverLocal(400) };
        return last.found;
      };
      provide(Connections, { list: () => listConnections(sources, discovered) });
    },
  });
}
