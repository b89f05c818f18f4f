import type { KeyValue, Storage } from "../host-services.ts";
import type { Json } from "../json.ts";

/** The host's key-value store, in memory. */
export function memoryStorage(): Storage {
  const spaces = new Map<string, KeyValue>();
  return {
    open(namespace) {
      const found = spaces.get(namespace) ?? keyValue();
      spaces.set(namespace, found);
      return found;
    },
  };
}

function keyValue(): KeyValue {
  const values = new Map<string, Json>();
  const blobs = new Map<string, Uint8Array>();
  return {
    get: async (key) => structuredClone(values.get(key)),
    async set(key, value) {
      values.set(key, structuredClone(value));
    },
    async delete(key) {
      values.delete(key);
      blobs.delete(key);
    },
    async list(prefix, { limit = Number.MAX_SAFE_INTEGER, reverse = false } = {}) {
      const keys = [...values.keys()].filter((key) => key.startsWith(prefix)).sort();
      return (reverse ? keys.reverse() : keys).slice(0, limit).map((key) => ({ key, value: structuredClone(values.get(key) as Json) }));
    },
    async increment(key, by, max = Number.POSITIVE_INFINITY) {
      const now = Number(values.get(key) ?? 0);
      if (by > 0 && now + by > max) return { ok: false, value: now };
      values.set(key, now + by);
      return { ok: true, value: now + by };
    },
    getBytes: async (key) => blobs.get(key)?.slice(),
    async setBytes(key, value) {
      blobs.set(key, value.slice());
    },
  };
}
