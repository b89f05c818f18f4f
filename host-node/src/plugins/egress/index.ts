import { type AnyPlugin, Connections, definePlugin, Egress } from "@orrery/sdk";
import type { Vault } from "../connections/vault.ts";
import { createEgress } from "./egress.ts";

/** The only way out to the network. `vault` is the host's: the keys in it are out of every plugin's reach. */
export function egressPlugin(vault: Vault): AnyPlugin {
  return definePlugin({
    manifest: {
      id: "orrery.host.egress",
      version: "0.1.0",
      api: "^1.0",
      title: "Egress",
      description: "Lets requests out to connected model hosts only, and puts their keys in.",
    },
    requires: { connections: Connections },
    provides: [Egress],
    setup({ use, provide }) {
      provide(Egress, createEgress(use.connections, vault));
    },
  });
}
