import { boot, type BootOptions, type Host } from "@orrery/host-node";
import { onTestFinished } from "vitest";
import { HostClient } from "../../host-node/src/client/host-client.ts";
import { locateHome } from "../../host-node/src/home.ts";
import { loadSettings } from "../../host-node/src/settings/load-settings.ts";
import { type RunningServer, startServer } from "../../host-node/src/server/server.ts";
import { cleanEnv, scratch } from "./support.ts";

export const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** A host in this process, with the real plugins and a home of its own. */
export async function bootHere(options: BootOptions & { flags?: Record<string, unknown>; dir?: string } = {}): Promise<Host> {
  const { flags, dir = scratch("host"), ...rest } = options;
  const home = locateHome(dir);
  const env = cleanEnv(dir);
  const host = await boot({ home, env, settings: loadSettings(home, env, flags), reload: () => loadSettings(home, env, flags), log: silent, ...rest });
  onTestFinished(() => host.close());
  return host;
}

export const token = "t".repeat(43);

/** The real server on a free port, over a host of its own. */
export async function serveHere(
  options: Parameters<typeof bootHere>[0] & { page?: string } = {},
): Promise<{ host: Host; client: HostClient; server: RunningServer }> {
  const { page, ...rest } = options;
  const host = await bootHere(rest);
  const client = new HostClient(host, 1);
  const server = await startServer({ token, backend: Promise.resolve({ host, client }), address: "127.0.0.1", port: 0, page, log: silent });
  onTestFinished(() => server.close());
  return { host, client, server };
}
export const authorized = { authorization: `Bearer ${token}` };
