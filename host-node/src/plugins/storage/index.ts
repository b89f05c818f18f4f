import { definePlugin, Storage } from "@orrery/sdk";
import { z } from "zod";
import { openStoreDatabase, sqliteStorage } from "./sqlite-storage.ts";

/** Key-value storage for plugins in a SQLite file. */
export default definePlugin({
  manifest: {
    id: "orrery.host.storage",
    version: "0.1.0",
    api: "^1.0",
    title: "Storage (SQLite)",
    description: "Keeps what plugins remember, each in its own namespace.",
  },
  config: z.object({ file: z.string().min(1), busyMs: z.int().nonnegative().default(5_000) }),
  provides: [Storage],
  setup({ config, own, provide }) {
    const db = openStoreDatabase(config.file, config.busyMs);
    own("database", () => void db.close());
    provide(Storage, sqliteStorage(db));
  },
});
