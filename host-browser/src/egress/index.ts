import { Egress, OrreryError, definePlugin } from "@orrery/sdk";
import { credentialHeader } from "../connections.ts";
import type { StateDatabase } from "../database.ts";
import { originOf } from "./hosts.ts";

/** Carries one request out through the egress worker of the page, whose own policy names the origin; set once a person allowed it. */
export type Carrier = (
  request: { url: string; method: string; headers: [string, string][]; body?: string | undefined },
  signal: AbortSignal | undefined,
) => Promise<Response>;

/** The tab's way to the network. Nothing is allowed until a person connects a model host. */
export const egressPlugin = (database: StateDatabase, carry: Carrier) =>
  definePlugin({
    manifest: {
      id: "orrery.egress",
      version: "1.0.0",
      api: "^1.0",
      title: "Egress (this tab)",
      description: "The only way out: to the model hosts a person connected, through a worker whose policy names them.",
    },
    provides: [Egress],
    setup({ provide, log }) {
      provide(Egress, {
        async fetch(url, init, { credential } = {}) {
          const target = new URL(url);
          const rows = await database.connections.toArray();
          const allowed = rows.filter((row) => originOf(row.provider, row.baseUrl) === target.origin);
          if (allowed.length === 0) {
            log.warn("a request to a host nobody allowed was refused", { host: target.host });
            throw new OrreryError("EGRESS_DENIED", `Nobody allowed this tab to reach ${target.host}`, {
              todo: "Connect a model of that host first; that allows it.",
            });
          }
          const headers = new Headers(init.headers);
          // A page is asked for permission for each header of its own, and most model hosts say no to this one.
          headers.delete("idempotency-key");
          const row = credential === undefined ? undefined : allowed.find(({ provider }) => provider === credential);
          const header = row && credentialHeader(row);
          if (header) headers.set(...header);
          const body =
            init.body === undefined || init.body === null ? undefined : typeof init.body === "string" ? init.body : await new Response(init.body).text();
          return carry({ url, method: init.method ?? "GET", headers: [...headers], body }, init.signal ?? undefined);
        },
      });
    },
  });
