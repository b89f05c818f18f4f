import { readdir, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { errorCatalogue, KernelError } from "./errors.ts";

const folder = new URL("./", import.meta.url);
const files = (await readdir(folder)).filter((name) => name.endsWith(".ts") && !name.includes(".test."));
const sources = await Promise.all(files.map(async (name) => [name, await readFile(new URL(name, folder), "utf8")] as const));

describe("the error catalogue", () => {
  it("lists every code the sources use, and no other", () => {
    expect(sources.length).toBeGreaterThan(20);
    const used = new Set(
      sources.filter(([name]) => name !== "errors.ts").flatMap(([, text]) => Array.from(text.matchAll(/"([A-Z]+(?:_[A-Z]+)+)"/g), (match) => match[1])),
    );
    expect(Array.from(used).sort()).toEqual(Object.keys(errorCatalogue).sort());
  });

  it("says for each what happened and what to do, in sentences an error carries", () => {
    for (const [code, { what, do: advice }] of Object.entries(errorCatalogue)) {
      expect(what, code).toMatch(/^[a-z].*[^.]$/);
      expect(advice, code).toMatch(/^[A-Z].*\.$/);
    }
    const error = new KernelError("TAP_THREW", { plugin: "acme.bad", hook: "task.plan", cause: new Error("broken") });
    expect(error.message).toBe(
      "TAP_THREW: a tap threw or rejected (plugin acme.bad, hook task.plan): broken. Look at the cause; report it to the plugin's author.",
    );
    expect(error).toMatchObject({ name: "KernelError", code: "TAP_THREW", plugin: "acme.bad", hook: "task.plan", do: errorCatalogue.TAP_THREW.do });
  });

  it("survives whatever a plugin throws", () => {
    const hostile = {
      toString() {
        throw new Error("no");
      },
    };
    expect(new KernelError("TAP_THREW", { cause: hostile }).message).toContain("something that cannot be shown");
    expect(new KernelError("TAP_THREW", { cause: null }).message).toContain("null");
  });
});

describe("the kernel's sources", () => {
  it("name nothing of Node or the DOM, and make no code", () => {
    const forbidden =
      /\b(process|Buffer|require|window|document|navigator|localStorage|setTimeout|setInterval|fetch|eval|performance|console)\b\s*[.(]|node:|new Function|Date\.now|Math\.random/;
    const found = sources.flatMap(([name, text]) =>
      text
        .replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "")
        .split("\n")
        .filter((line) => forbidden.test(line) && !/\brequire(\(capability|: \()|grants\.require/.test(line))
        .map((line) => `${name}: ${line.trim()}`),
    );
    expect(found).toEqual([]);
  });
});
