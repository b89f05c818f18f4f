import { type AnyPlugin, definePlugin, type LiveConfigs, Web } from "@orrery/sdk";
import type { Settings } from "../../settings/schema.ts";
import { createWeb, type WebRules } from "./web.ts";

/** The hosts of the setting, and the very places of the MCP servers the operator named. */
export function webRules({ tools: { hosts, mcp } }: Settings): WebRules {
  const named = Object.values(mcp).flatMap((server) => {
    const address = (server as { url?: unknown } | null)?.url;
    if (typeof address !== "string" || !URL.canParse(address)) return [];
    const { hostname, port, protocol } = new URL(address);
    return [`${hostname}:${port || (protocol === "https:" ? "443" : "80")}`];
  });
  return { hosts, named };
}

const id = "orrery.host.web";

/** For a run, what held when it began. Outside of any, the hosts of now, and every place that was named and that a run still works with. */
function rulesIn(live: Pick<LiveConfigs, "held">, run: string | undefined): WebRules {
  const held = live.held(id, run) as WebRules[];
  return { hosts: held[0]?.hosts ?? [], named: held.flatMap(({ named }) => named) };
}

/** The network for tools. What `live` says is the operator's; no plugin can widen it. */
export const webPlugin = (live: Pick<LiveConfigs, "held">): AnyPlugin =>
  definePlugin({
    manifest: {
      id,
      version: "0.1.0",
      api: "^1.0",
      title: "Web",
      description: "Lets tools reach the hosts the operator allows, at public addresses only.",
    },
    provides: [Web],
    setup({ provide }) {
      provide(
        Web,
        createWeb((run) => rulesIn(live, run)),
      );
    },
  });
