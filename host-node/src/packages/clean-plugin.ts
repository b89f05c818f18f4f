import { existsSync } from "node:fs";
import { spendingOf } from "@orrery/sdk";
import { tallyOf } from "@orrery/sdk/package";
import { storageOf } from "@orrery/sdk/sandbox";
import type { Home } from "../home.ts";
import { eraseNamespace, openStoreDatabase } from "../plugins/storage/sqlite-storage.ts";
import { readJsonObject, writeJsonObject } from "../settings/settings-file.ts";

/** Takes away what a plugin kept, what was counted of it and of its spending, and what it was configured with. */
export function cleanPlugin({ store, config }: Pick<Home, "store" | "config">): (id: string) => Promise<void> {
  return async (id) => {
    if (existsSync(store)) {
      const db = openStoreDatabase(store);
      try {
        for (const namespace of [storageOf(id), tallyOf(id), spendingOf(id)]) eraseNamespace(db, namespace);
      } finally {
        db.close();
      }
    }
    const file = readJsonObject(config);
    const { pluginConfig } = file as { pluginConfig?: Record<string, unknown> };
    if (typeof pluginConfig !== "object" || pluginConfig === null || !Object.hasOwn(pluginConfig, id)) return;
    const { [id]: _, ...others } = pluginConfig;
    writeJsonObject(config, { ...file, pluginConfig: others });
  };
}
