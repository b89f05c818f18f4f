import { expect, it } from "vitest";
import { z } from "zod";
import type { Json } from "../json.ts";
import { packageSettings } from "./settings.ts";

const described = (schema: z.ZodType) =>
  packageSettings(z.toJSONSchema(schema, { io: "input" }) as { readonly [key: string]: Json }).map(({ name, takes, default: usual, needed }) => [
    name,
    takes,
    usual,
    needed,
  ]);

it("the settings a schema describes are told in words, with what holds when nothing is said", () => {
  expect(
    described(
      z.object({
        word: z.string().default("Hello"),
        times: z.int(),
        share: z.number().optional(),
        loud: z.boolean().default(false),
        mood: z.enum(["warm", "cold"]).default("warm"),
        most: z.union([z.int(), z.null()]).optional(),
        kind: z.literal("a").optional(),
        names: z.array(z.string()).default([]),
        more: z.record(z.string(), z.string()).optional(),
        any: z.unknown().optional(),
      }),
    ),
  ).toEqual([
    ["word", "text", "Hello", false],
    ["times", "a whole number", undefined, true],
    ["share", "a number", undefined, false],
    ["loud", "true or false", false, false],
    ["mood", '"warm" or "cold"', "warm", false],
    ["most", "a whole number or null", undefined, false],
    ["kind", '"a"', undefined, false],
    ["names", "a list of text", [], false],
    ["more", "an object", undefined, false],
    ["any", "anything", undefined, false],
  ]);
});

it("a stranger's schema is data: what it does not have, or has wrongly, is left out", () => {
  expect(packageSettings(undefined)).toEqual([]);
  expect(packageSettings({ type: "string" })).toEqual([]);
  expect(packageSettings({ properties: { a: 7, b: { type: ["x"], description: {} } }, required: "b" })).toEqual([
    { name: "b", takes: "anything", needed: false },
  ]);
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`s${i}`, { enum: Array.from({ length: 500 }, (_each, j) => `value ${j}`) }]));
  const told = packageSettings({ properties: many });
  expect([told.length, Math.max(...told.map(({ takes }) => takes.length))]).toEqual([50, 200]);
});
