import { createTestHost, samples } from "../testing/index.ts";
import { expect, it } from "vitest";
import { definePlugin } from "../define-plugin.ts";
import { filterProblem, matches } from "./filter.ts";

it("lets through what holds at every path", () => {
  const input = { agent: { skill: "write" }, attempt: 2, list: ["a"] };
  expect(matches({}, input)).toBe(true);
  expect(matches({ "agent.skill": "write", attempt: [1, 2] }, input)).toBe(true);
  expect(matches({ "agent.skill": ["check", "research"] }, input)).toBe(false);
  expect(matches({ "list.0": "a" }, input)).toBe(true);
  expect(matches({ "agent.model": null }, input)).toBe(true);
  expect(matches({ "agent.constructor.name": "Object" }, input)).toBe(false);
});
it("that came as data is checked", () => {
  expect(filterProblem({ "a.b": ["x", 1, null, true] })).toBeUndefined();
  for (const wrong of [null, [], "x", { a: {} }, { a: [{}] }, { ["x".repeat(300)]: 1 }, Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`a${i}`, 1]))])
    expect(filterProblem(wrong)).toEqual(expect.any(String));
});
it("holds in the kernel's realm too", async () => {
  const seen: string[] = [];
  const plugin = definePlugin({
    manifest: { id: "test.filtered", version: "1.0.0", api: "^1.0" },
    setup({ tap }) {
      tap("step.before", ({ path }) => void seen.push(path), { filter: { path: "r0/ann" } });
    },
  });
  const host = await createTestHost({ plugins: [plugin] });
  for (const path of ["r0/ann", "r0/bob"]) await host.call("step.before", samples.step({ path }));
  expect(seen).toEqual(["r0/ann"]);
  await host.close();
});
