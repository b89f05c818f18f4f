import { type Json, type KeyValue, OrreryError, type Storage } from "@orrery/sdk";
import Database from "better-sqlite3";
import { sqliteError } from "../sqlite-error.ts";

const schema = `
CREATE TABLE IF NOT EXISTS kv(namespace TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(namespace, key)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS blobs(namespace TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY(namespace, key)) STRICT;
`;

/** Opens the store's file, making it when it is not there. Survives a killed process; a power cut may take the last moments. */
export function openStoreDatabase(file: string, busyMs = 5_000): Database.Database {
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { timeout: busyMs });
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = NORMAL");
    // What is deleted is overwritten: the data of a plugin that was removed is gone from the file, too.
    db.pragma("secure_delete = ON");
    db.exec(schema);
    return db;
  } catch (thrown) {
    db?.close();
    throw sqliteError(thrown, "STORAGE");
  }
}

/** Deletes everything in a namespace, and what the write-ahead log still had of it as far as no other process reads there. */
export function eraseNamespace(db: Database.Database, namespace: string): void {
  try {
    db.transaction(() => {
      for (const table of ["kv", "blobs"]) db.prepare(`DELETE FROM ${table} WHERE namespace = ?`).run(namespace);
    }).immediate();
    db.pragma("wal_checkpoint(TRUNCATE)");
  } catch (thrown) {
    throw sqliteError(thrown, "STORAGE");
  }
}

/** Namespaced keys and values in one SQLite file, shared by any number of processes. */
export function sqliteStorage(db: Database.Database): Storage {
  type Row = { key: string; value: string };
  const get = db.prepare<[string, string], { value: string }>("SELECT value FROM kv WHERE namespace = ? AND key = ?");
  const set = db.prepare<[string, string, string]>("INSERT INTO kv(namespace, key, value) VALUES(?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value");
  const remove = [
    db.prepare<[string, string]>("DELETE FROM kv WHERE namespace = ? AND key = ?"),
    db.prepare<[string, string]>("DELETE FROM blobs WHERE namespace = ? AND key = ?"),
  ];
  const getBlob = db.prepare<[string, string], { value: Buffer }>("SELECT value FROM blobs WHERE namespace = ? AND key = ?");
  const setBlob = db.prepare<[string, string, Uint8Array]>(
    "INSERT INTO blobs(namespace, key, value) VALUES(?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
  );
  const inRange = (order: "ASC" | "DESC") =>
    db.prepare<[string, string, string, string, string, number], Row>(
      `SELECT key, value FROM kv WHERE namespace = ? AND key >= ? AND key <= ? AND substr(key, 1, length(?)) = ? ORDER BY key ${order} LIMIT ?`,
    );
  const up = inRange("ASC");
  const down = inRange("DESC");

  const increment = db.transaction((namespace: string, key: string, by: number, max: number | undefined) => {
    const now: unknown = JSON.parse(get.get(namespace, key)?.value ?? "0");
    if (typeof now !== "number") {
      throw new OrreryError("STORAGE_NOT_A_NUMBER", `"${key}" in ${namespace} does not hold a number`, { todo: "Use another key for the counter." });
    }
    const sum = now + by;
    if (max !== undefined && by > 0 && sum > max) return { ok: false, value: now };
    set.run(namespace, key, JSON.stringify(sum));
    return { ok: true, value: sum };
  });

  const open = (namespace: string): KeyValue => ({
    get: guarded(async (key) => parse(get.get(namespace, key)?.value)),
    set: guarded(async (key, value: Json) => {
      set.run(namespace, key, JSON.stringify(value ?? null));
    }),
    delete: guarded(async (key) => {
      for (const statement of remove) statement.run(namespace, key);
    }),
    list: guarded(async (prefix, { limit = 1_000, reverse = false }: { limit?: number; reverse?: boolean } = {}) =>
      (reverse ? down : up)
        // The last code point, more often than a key is long: no key with this prefix is above it.
        .all(namespace, prefix, prefix + "\u{10ffff}".repeat(513), prefix, prefix, limit)
        .map((row) => ({ key: row.key, value: JSON.parse(row.value) as Json })),
    ),
    increment: guarded(async (key, by: number, max?: number) => increment.immediate(namespace, key, by, max)),
    getBytes: guarded(async (key) => {
      const found = getBlob.get(namespace, key)?.value;
      return found && new Uint8Array(found);
    }),
    setBytes: guarded(async (key, value: Uint8Array) => {
      setBlob.run(namespace, key, value);
    }),
  });
  return { open };
}

const parse = (text: string | undefined): Json | undefined => (text === undefined ? undefined : (JSON.parse(text) as Json));

function guarded<A extends unknown[], T>(work: (key: string, ...rest: A) => Promise<T>): (key: string, ...rest: A) => Promise<T> {
  return async (key, ...rest) => {
    if (typeof key !== "string" || key.length > 512) {
      throw new OrreryError("STORAGE_KEY_INVALID", `a key of ${String(key).length} characters was used`, {
        todo: "Use keys of at most 512 characters; hash longer names.",
      });
    }
    try {
      return await work(key, ...rest);
    } catch (thrown) {
      throw sqliteError(thrown, "STORAGE");
    }
  };
}
