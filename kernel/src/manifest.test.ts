import { describe, expect, it } from "vitest";
import { validateManifest } from "./manifest.ts";
import { refusal, rig } from "./testing/fixtures.ts";

const good = {
  id: "acme.router",
  version: "1.2.3",
  api: "^1.0",
  capabilities: ["model.call", "net:*.example.org", { name: "secrets.use:key", reason: "to sign" }, "*"],
};

describe("a manifest", () => {
  it("that is right is let through", () => {
    for (const manifest of [
      good,
      { ...good, version: "1.0.0-rc.1+b.2", api: "^1" },
      { id: "org.acme.a-b", version: "0.0.1", api: "^1.0.0", title: "T", description: "D" },
    ])
      validateManifest(manifest);
  });

  it.each([
    ["id", { id: "Router" }],
    ["id", { id: "acme" }],
    ["id", { id: "acme..x" }],
    ["id", { id: `a.${"x".repeat(200)}` }],
    ["id", { id: "../etc.passwd" }],
    ["id", { id: 7 }],
    ["id", { id: undefined }],
    ["version", { version: "1.2" }],
    ["version", { version: "01.2.3" }],
    ["version", { version: "" }],
    ["api", { api: "1.0" }],
    ["api", { api: "^x" }],
    ["title", { title: "x".repeat(101) }],
    ["description", { description: 5 }],
    ["capabilities", { capabilities: "net:*" }],
    ["capabilities", { capabilities: Array.from({ length: 101 }, () => "a") }],
    ["a capability", { capabilities: ["net:a b"] }],
    ["a capability", { capabilities: [null] }],
    ["a capability", { capabilities: ["NET"] }],
    ["the reason", { capabilities: [{ name: "net:x" }] }],
  ])("with a wrong %s is refused, naming it", (field, wrong) => {
    expect(() => validateManifest({ ...good, ...wrong })).toThrow(new RegExp(`^MANIFEST_INVALID.*: ${field} `));
  });

  it("names every wrong field at once", () => {
    expect(() => validateManifest({})).toThrow(/id must.*version must.*api must/);
    expect(() => validateManifest(null)).toThrow(/must be an object/);
  });

  it.each(["^2.0", "^0.9", "^1.1"])("for API %s is refused by this kernel", (api) => {
    expect(() => validateManifest({ ...good, api })).toThrow(/^API_MISMATCH/);
  });

  it.each<[string, object]>([
    ["no setup", { manifest: good }],
    ["a token that is none", { manifest: good, setup() {}, requires: { a: "acme.a@1" } }],
    ["provides that is no list of tokens", { manifest: good, setup() {}, provides: [undefined] }],
    ["a config that is no schema", { manifest: good, setup() {}, config: {} }],
  ])("in a definition with %s is refused at install", async (_, definition) => {
    expect(await refusal(() => rig().kernel.install(definition as never))).toBe("MANIFEST_INVALID acme.router");
  });

  it("is asked for also of nothing at all", async () => {
    for (const nothing of [undefined, null, 7, {}]) expect(await refusal(() => rig().kernel.install(nothing as never))).toBe("MANIFEST_INVALID");
  });
});
