import { type Json, type KeyValue, OrreryError, Storage, definePlugin } from "@orrery/sdk";
import type { StateDatabase, ValueRow } from "./database.ts";
import { storageFull } from "./storage-full.ts";

/** Throws STORAGE_KEY_TOO_LONG, STORAGE_FULL. */
async function put(database: StateDatabase, row: ValueRow): Promise<void> {
  checked(row.key);
  try {
    await database.values.put(row);
  } catch (thrown) {
    throw storageFull(thrown);
  }
}

const openNamespace = (database: StateDatabase, ns: string): KeyValue => ({
  async get(key) {
    return (await database.values.get([ns, key]))?.value as Json | undefined;
  },
  async set(key, value) {
    await put(database, { ns, key, value });
  },
  async delete(key) {
    await database.values.delete([ns, key]);
  },
  async list(prefix, options = {}) {
    // "\uffff" sorts after every character a key may hold.
    let rows = database.values.where("[ns+key]").between([ns, prefix], [ns, `${prefix}\uffff`], true, true);
    if (options.reverse) rows = rows.reverse();
    if (options.limit !== undefined) rows = rows.limit(options.limit);
    return (await rows.toArray()).map((row) => ({ key: row.key, value: row.value as Json }));
  },
  increment(key, by, max) {
    return database.transaction("rw", database.values, async () => {
      const now = Number((await database.values.get([ns, key]))?.value ?? 0);
      const next = now + by;
      if (max !== undefined && next > max) return { ok: false, value: now };
      await database.values.put({ ns, key: checked(key), value: next });
      return { ok: true, value: next };
    });
  },
  async getBytes(key) {
    return (await database.values.get([ns, key]))?.value as Uint8Array | undefined;
  },
  async setBytes(key, value) {
    await put(database, { ns, key, value });
  },
});

function checked(key: string): string {
  if (key.length > 512)
    throw new OrreryError("STORAGE_KEY_TOO_LONG", `The key "${key.slice(0, 40)}…" has ${key.length} characters, more than 512`, {
      todo: "Use a shorter key, or a hash of it.",
    });
  return key;
}

/** The plugins' key-value store in IndexedDB. */
export const storagePlugin = (database: StateDatabase) =>
  definePlugin({
    manifest: {
      id: "orrery.storage",
      version: "1.0.0",
      api: "^1.0",
      title: "Storage (IndexedDB)",
      description: "Each plugin's own keys and values, in this browser.",
    },
    provides: [Storage],
    setup({ provide }) {
      provide(Storage, { open: (namespace) => openNamespace(database, namespace) });
    },
  });
