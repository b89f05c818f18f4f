import { createKernel } from "@orrery/kernel";
import { lifecycle, Storage } from "@orrery/sdk";
import { Dexie } from "dexie";
import { afterEach, beforeEach, expect, it } from "vitest";
import { StateDatabase } from "./database.ts";
import { browserPlatform } from "./platform.ts";
import { storagePlugin } from "./storage.ts";

let database: StateDatabase;
let storage: Storage;
beforeEach(async () => {
  database = new StateDatabase("storage-test");
  const kernel = createKernel({ hooks: lifecycle, platform: browserPlatform });
  await kernel.install(storagePlugin(database), { tier: "core" });
  storage = kernel.service(Storage) as Storage;
});
afterEach(async () => {
  database.close();
  await Dexie.delete("storage-test");
});

it("keeps one plugin's values from another's", async () => {
  await storage.open("a").set("k", { x: 1 });
  expect(await storage.open("a").get("k")).toEqual({ x: 1 });
  expect(await storage.open("b").get("k")).toBeUndefined();
  await storage.open("a").delete("k");
  expect(await storage.open("a").get("k")).toBeUndefined();
});

it("lists by prefix in key order, from either end, and no more than asked", async () => {
  const own = storage.open("a");
  for (const key of ["x/2", "x/1", "y/1", "x/10"]) await own.set(key, key);
  expect((await own.list("x/")).map(({ key }) => key)).toEqual(["x/1", "x/10", "x/2"]);
  expect((await own.list("x/", { reverse: true, limit: 2 })).map(({ key }) => key)).toEqual(["x/2", "x/10"]);
  expect(await own.list("z")).toEqual([]);
});

it("never lets racing increments pass the maximum", async () => {
  const own = storage.open("a");
  const results = await Promise.all(Array.from({ length: 50 }, () => own.increment("spent", 3, 100)));
  expect(results.filter(({ ok }) => ok)).toHaveLength(33);
  expect(await own.get("spent")).toBe(99);
});

it("gives bytes back as they were, and refuses a key that is too long", async () => {
  const own = storage.open("a");
  await own.setBytes("b", new Uint8Array([0, 255, 7]));
  expect([...((await own.getBytes("b")) ?? [])]).toEqual([0, 255, 7]);
  await expect(own.set("k".repeat(513), 1)).rejects.toMatchObject({ code: "STORAGE_KEY_TOO_LONG" });
});
