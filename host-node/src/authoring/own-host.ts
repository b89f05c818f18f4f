import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Log } from "@orrery/sdk";
import { boot } from "../boot.ts";
import { type Common, settingsOf } from "../cli/with-host.ts";
import { HostClient } from "../client/host-client.ts";
import { nodePlatform } from "../platform.ts";
import { nodeSandboxEngine } from "../sandbox/node-engine.ts";
import { DevGuest } from "./dev-guest.ts";
import type { DevHost, DevNews } from "./dev-news.ts";

/** A host for one plugin in the making. Its runs are nobody's record: unless a home is named they go with it. */
export async function openOwnHost(options: Common, deny: readonly string[], tell: (news: DevNews) => void): Promise<DevHost> {
  const place = options.home === undefined ? await mkdtemp(join(tmpdir(), "orrery-dev-")) : undefined;
  const { home, settings } = settingsOf(place === undefined ? options : { ...options, home: place });
  const logged =
    (level: string): Log["info"] =>
    (message) =>
      tell({ is: "logged", level, message });
  const log: Log = { debug: () => undefined, info: logged("info"), warn: logged("warn"), error: logged("error") };
  const host = await boot({ home, settings: { ...settings, sandboxed: [] }, log });
  const engine = nodeSandboxEngine();
  const guest = new DevGuest({
    kernel: host.kernel,
    client: new HostClient(host, 0),
    engine,
    clock: nodePlatform().clock,
    deny: () => deny,
    configOf: (id) => settings.pluginConfig[id],
    tell,
  });
  return {
    load: (code) => guest.load(code),
    run: (task) => guest.run(task),
    async close() {
      await guest.close();
      await host.close();
      await engine.close();
      if (place) await rm(place, { recursive: true, force: true });
    },
  };
}
