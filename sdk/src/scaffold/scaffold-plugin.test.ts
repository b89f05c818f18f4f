import { describe, expect, it } from "vitest";
import { pluginName } from "./plugin-name.ts";
import { scaffoldPlugin } from "./scaffold-plugin.ts";

describe("a plugin's name", () => {
  it("gives the folder and, with the part before the first dash as author, the id", () => {
    expect(pluginName("acme-hello")).toEqual({ folder: "acme-hello", id: "acme.hello" });
    expect(pluginName("acme-hello-world")).toEqual({ folder: "acme-hello-world", id: "acme.hello-world" });
    expect(pluginName("hello")).toEqual({ folder: "hello", id: "my.hello" });
  });
  it("is refused when it is no name or would leave the folder", () => {
    for (const name of ["", "Acme", "../x", "a/b", "a--b", "-a", "1a", "a".repeat(65), "__proto__", "a b"]) {
      expect(() => pluginName(name)).toThrow(expect.objectContaining({ code: "PLUGIN_NAME_INVALID" }));
    }
    expect(() => pluginName("orrery-x")).toThrow(expect.objectContaining({ code: "PLUGIN_NAME_RESERVED" }));
  });
});

describe("a scaffolded plugin", () => {
  it("is a handful of small files, the same for the same name", () => {
    const files = scaffoldPlugin("acme-hello", { sdk: "../sdk" });
    expect(files.map((file) => file.path)).toEqual(["package.json", "index.js", "index.test.js", "jsconfig.json", "README.md", ".gitignore"]);
    expect(files).toEqual(scaffoldPlugin("acme-hello", { sdk: "../sdk" }));
    const lines = files
      .find((file) => file.path === "index.js")
      ?.content.trim()
      .split("\n");
    expect(lines?.length).toBeLessThanOrEqual(15);
  });
  it("names the plugin the same in its manifest and its test, and the SDK where it is", () => {
    const text = (path: string) => scaffoldPlugin("acme-hello", { sdk: "/opt/orrery/sdk" }).find((file) => file.path === path)?.content ?? "";
    expect(text("index.js")).toContain('id: "acme.hello"');
    expect(text("index.test.js")).toContain('by: "acme.hello"');
    expect(JSON.parse(text("package.json"))).toMatchObject({ name: "acme-hello", devDependencies: { "@orrery/sdk": "file:/opt/orrery/sdk" } });
  });
});
