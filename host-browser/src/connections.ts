import { Connections, definePlugin } from "@orrery/sdk";
import type { ConnectionRow, StateDatabase } from "./database.ts";

const loopback = /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|\/|$)/;

/** Model hosts the person named in this page. Keys stay in this browser's IndexedDB and are put in by the egress worker's side. */
export const connectionsPlugin = (database: StateDatabase) =>
  definePlugin({
    manifest: {
      id: "orrery.connections",
      version: "1.0.0",
      api: "^1.0",
      title: "Connections (this browser)",
      description: "Model hosts a person connected in this page.",
    },
    provides: [Connections],
    setup({ provide }) {
      provide(Connections, {
        list: async () =>
          (await database.connections.toArray()).map((row) => ({
            provider: row.provider,
            ...(row.baseUrl ? { baseUrl: row.baseUrl } : {}),
            ...(row.key ? { credential: row.provider } : {}),
            source: "entered in this page",
            local: loopback.test(row.baseUrl ?? ""),
            ...(row.models ? { models: row.models } : {}),
          })),
      });
    },
  });

/** Header that carries a provider's key. */
export function credentialHeader(row: ConnectionRow): [string, string] | undefined {
  if (!row.key) return undefined;
  if (row.provider === "anthropic") return ["x-api-key", row.key];
  if (row.provider === "google") return ["x-goog-api-key", row.key];
  return ["authorization", `Bearer ${row.key}`];
}
