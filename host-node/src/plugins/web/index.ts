import { type AnyPlugin, definePlugin, Web } from "@orrery/sdk";
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

/** The network for tools. `rules` are the operator's; no plugin can widen them. */
export const webPlugin = (rules: WebRules): AnyPlugin =>
  definePlugin({
    manifest: {
      id: "orrery.host.web",
      version: "0.1.0",
      api: "^1.0",
      title: "Web",
      description: "Lets tools reach the hosts the operator allows, at public addresses only.",
    },
    provides: [Web],
    setup({ provide }) {
      provide(Web, createWeb(rules));
    },
  });
