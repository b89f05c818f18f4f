import type { PluginSetting } from "@orrery/sdk";
import { expect, it } from "vitest";
import { changeOf, kindOf, read, textOf, undoOf } from "./setting-draft.ts";

const setting = (name: string, schema: PluginSetting["schema"], more: Partial<PluginSetting> = {}): PluginSetting => ({
  name,
  takes: "something",
  needed: false,
  secret: false,
  set: more.value !== undefined,
  schema,
  ...more,
});
const text = setting("word", { type: "string" }, { value: "Hello" });
const times = setting("times", { type: "integer", minimum: 1, maximum: 3 }, { default: 1, takes: "a whole number from 1 to 3" });
const key = setting("key", { type: "string" }, { secret: true, set: true });
const rules = setting("rules", { type: "object" }, { default: {} });

it("each setting has the field its schema is made for, and JSON where there is none", () => {
  const kinds = [
    text,
    times,
    key,
    rules,
    setting("loud", { type: "boolean" }),
    setting("mood", { enum: ["warm", "cold"] }),
    setting("names", { type: "array", items: { type: "string" } }),
    setting("numbers", { type: "array", items: { type: "number" } }),
    setting("most", { anyOf: [{ type: "integer" }, { type: "null" }] }),
  ].map(kindOf);
  expect(kinds).toEqual(["text", "number", "secret", "json", "switch", "choice", "lines", "json", "json"]);
});

it("what a field shows reads back as what it stands for", () => {
  const names = setting("names", { type: "array", items: { type: "string" } }, { value: ["a", "b"] });
  for (const each of [text, times, rules, names]) expect(read(each, textOf(each))).toEqual({ value: each.value ?? each.default });
  expect([textOf(key), textOf(names)]).toEqual(["", "a\nb"]);
  expect(read(times, "4")).toEqual({ wrong: "Expected: a whole number from 1 to 3." });
  expect(read(times, "1.5")).toHaveProperty("wrong");
  expect(read(rules, "{")).toEqual({ wrong: "That is no JSON yet." });
});

it("only what was touched is saved, and it can be undone where no secret is in it", () => {
  const all = [text, times, key, rules];
  expect(changeOf(all, {})).toBeUndefined();
  expect(changeOf(all, { times: { text: "9" } })).toBeUndefined();
  const change = changeOf(all, { times: { text: "2" }, word: "unset" });
  expect(change).toEqual({ set: { times: 2 }, unset: ["word"] });
  expect(undoOf(all, change ?? {})).toEqual({ set: { word: "Hello" }, unset: ["times"] });
  expect(undoOf(all, { set: { key: "x" } })).toBeUndefined();
});
