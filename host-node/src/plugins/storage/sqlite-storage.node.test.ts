import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Json, KeyValue } from "@orrery/sdk";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStoreDatabase, sqliteStorage } from "./sqlite-storage.ts";

let dir: string;
let closers: (() => void)[];
const open = (namespace = "a"): KeyValue => {
  const db = openStoreDatabase(join(dir, "store.db"));
  closers.push(() => db.close());
  return sqliteStorage(db).open(namespace);
};
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "orrery-store-"));
  closers = [];
});
afterEach(() => {
  for (const close of closers) close();
  rmSync(dir, { recursive: true, force: true });
});

describe("the SQLite store", () => {
  it("keeps any JSON and any bytes, each namespace by itself", async () => {
    const [a, b] = [open("a"), open("b")];
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 100, unit: "grapheme" }), fc.jsonValue(), fc.uint8Array({ maxLength: 50 }), async (key, value, bytes) => {
        await a.set(key, value as Json);
        await a.setBytes(key, bytes);
        expect(await a.get(key)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(await a.getBytes(key)).toEqual(bytes);
        expect(await b.get(key)).toBeUndefined();
        await a.delete(key);
        expect(await a.get(key)).toBeUndefined();
        expect(await a.getBytes(key)).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });

  it("lists what begins with a prefix, in key order, and nothing else", async () => {
    const store = open();
    for (const key of ["day/2", "day/1", "day/10", "days", "dax", "day/ä", "day/\u{1f600}"]) await store.set(key, key);
    const keys = async (...args: Parameters<KeyValue["list"]>) => (await store.list(...args)).map(({ key }) => key);
    expect(await keys("day/")).toEqual(["day/1", "day/10", "day/2", "day/ä", "day/\u{1f600}"]);
    expect(await keys("day/", { limit: 2 })).toEqual(["day/1", "day/10"]);
    expect(await keys("day/", { limit: 2, reverse: true })).toEqual(["day/\u{1f600}", "day/ä"]);
    expect(await keys("")).toHaveLength(7);
    expect(await keys("%")).toEqual([]);
  });

  it("adds up to a maximum and refuses, changing nothing, beyond it", async () => {
    const store = open();
    expect(await store.increment("n", 3, 10)).toEqual({ ok: true, value: 3 });
    expect(await store.increment("n", 8, 10)).toEqual({ ok: false, value: 3 });
    expect(await store.increment("n", 7, 10)).toEqual({ ok: true, value: 10 });
    expect(await store.increment("n", -4, 2)).toEqual({ ok: true, value: 6 });
    expect(await store.get("n")).toBe(6);
  });

  it("never passes the maximum, whichever of two connections adds", async () => {
    const stores = [open(), open()];
    const outcomes = await Promise.all(Array.from({ length: 300 }, (_, i) => stores[i % 2]?.increment("cap", 1 + (i % 3), 100)));
    expect(outcomes.some((outcome) => outcome?.ok === false)).toBe(true);
    const total = await stores[0]?.get("cap");
    expect(total).toBeLessThanOrEqual(100);
    expect(total).toBe(Math.max(...outcomes.filter((outcome) => outcome?.ok).map((outcome) => outcome?.value ?? 0)));
  });

  it("refuses a key that is too long, and to add to what is no number", async () => {
    const store = open();
    await expect(store.set("k".repeat(513), 1)).rejects.toMatchObject({ code: "STORAGE_KEY_INVALID" });
    await store.set("word", "seven");
    await expect(store.increment("word", 1)).rejects.toMatchObject({ code: "STORAGE_NOT_A_NUMBER" });
    expect(await store.get("word")).toBe("seven");
  });

  it("says when the disk is full", async () => {
    const db = openStoreDatabase(join(dir, "store.db"));
    closers.push(() => db.close());
    db.pragma(`max_page_count = ${(db.pragma("page_count", { simple: true }) as number) + 2}`);
    await expect(sqliteStorage(db).open("a").setBytes("big", new Uint8Array(200_000))).rejects.toMatchObject({ code: "STORAGE_FULL" });
  });
});
