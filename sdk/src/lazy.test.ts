import { expect, test } from "vitest";
import { lazy } from "./lazy.ts";

test("loads once for all who ask, and again only after a failure", async () => {
  let loads = 0;
  const broken = new Error("offline");
  const get = lazy(async () => {
    loads += 1;
    if (loads === 1) throw broken;
    return loads;
  });
  expect(await Promise.allSettled([get(), get()])).toEqual([
    { status: "rejected", reason: broken },
    { status: "rejected", reason: broken },
  ]);
  expect(await Promise.all([get(), get(), get()])).toEqual([2, 2, 2]);
  expect(loads).toBe(2);
});
