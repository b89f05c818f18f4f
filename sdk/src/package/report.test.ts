import { describe, expect, it } from "vitest";
import { lifecycle } from "../lifecycle.ts";
import { budgetWords } from "./budget.ts";
import { packPlugin, readPackage } from "./package.ts";
import { hookWords, permissionWords } from "./permission-words.ts";
import { assertConsent, compareVersions, installedPackage, reportPackage } from "./report.ts";
import { parts } from "./testing/archives.ts";

const read = async (manifest: Parameters<typeof parts>[0] = {}, code?: string) => readPackage(await packPlugin(parts(manifest, code)));
const asks = (...names: string[]) => ({ capabilities: names.map((name) => ({ name, reason: "because" })) });

describe("permissions in words", () => {
  it.each([
    ["net:api.example.com:GET", "send requests to api.example.com (GET only)"],
    ["net:api.example.com", "send anything to api.example.com, and read the answers"],
    ["net:localhost:8080:POST", "send requests to localhost:8080 (POST only)"],
    ["net:*.example.com", "send anything to any host under example.com, and read the answers"],
    ["net:*", "send requests to any place on the network, and read the answers"],
    ["storage:64KB", "keep up to 64 KB of data of its own here"],
    ["documents.read", "read every document a run was given"],
    ["secrets.use:openai", 'have your key "openai" put into its requests, without seeing it'],
    ["acme.fly", 'use what is called "acme.fly", which this version does not know'],
  ])("%s: %s", (capability, words) => expect(permissionWords(capability)).toBe(words));

  it("say of every hook what tapping it means", () => {
    for (const hook of Object.keys(lifecycle)) expect(hookWords(hook), hook).not.toContain(hook);
    expect(hookWords("constructor")).toContain("does not know");
    expect(permissionWords("constructor")).toContain("does not know");
  });
});

describe("a report", () => {
  it("says what a package asks for, each with its reason and in words", async () => {
    expect(reportPackage(await read())).toMatchObject({
      id: "acme.signature",
      capabilities: [{ name: "storage:1KB", reason: "to count", words: "keep up to 1 KB of data of its own here" }],
      hooks: [{ name: "step.after", words: "see and change what every agent wrote" }],
    });
  });

  it("says what differs from the installed one", async () => {
    const before = installedPackage(await read(asks("model.call", "storage:1KB")), { grant: ["model.call", "storage:1KB"] }, 0);
    const after = reportPackage(await read({ version: "1.1.0", hooks: ["task.plan"], ...asks("model.call", "net:*") }), before);
    expect(after.changes).toEqual({
      from: "1.0.0",
      keyChanged: false,
      added: ["net:*"],
      removed: ["storage:1KB"],
      hooksAdded: ["task.plan"],
      hooksRemoved: ["step.after"],
      downgrade: false,
      otherBytes: false,
      granted: ["model.call"],
    });
    expect(reportPackage(await read({ version: "1.0.0-beta" }), before).changes).toMatchObject({ downgrade: true });
    expect(reportPackage(await read(asks("model.call", "storage:1KB"), "other"), before).changes).toMatchObject({ otherBytes: true });
    expect(reportPackage(await read(asks("model.call", "storage:1KB")), before).changes).toMatchObject({ otherBytes: false, downgrade: false });
  });
});

describe("a budget", () => {
  const asks = (runUsd: number, dayUsd: number) => ({
    capabilities: [{ name: "model.call", reason: "because" }],
    budget: { runUsd, dayUsd, reason: "good models cost money" },
  });
  it.each([
    [{ runUsd: 0.1, dayUsd: 1 }, "spend up to $0.10 a run, $1 a day on models"],
    [{ runUsd: 0.005, dayUsd: 0.05 }, "spend up to $0.005 a run, $0.05 a day on models"],
    [{ runUsd: 12.5, dayUsd: 100 }, "spend up to $12.50 a run, $100 a day on models"],
    [{ runUsd: 0.29, dayUsd: 0.58 }, "spend up to $0.29 a run, $0.58 a day on models"],
    [{ runUsd: 0, dayUsd: 1 }, "spend nothing on models"],
  ])("of %j in words: %s", (budget, words) => expect(budgetWords(budget)).toBe(words));

  it("is for plugins that ask to ask models, and above nothing", async () => {
    await expect(read({ ...asks(0.1, 1), capabilities: [] })).rejects.toMatchObject({ code: "PACKAGE_MANIFEST_INVALID" });
    for (const sum of [0, -1, 1_001, Number.NaN]) await expect(read(asks(sum, 1))).rejects.toMatchObject({ code: "PACKAGE_PARTS_INVALID" });
  });

  it("that was granted is kept over an update as far as it is still asked for, and goes when none is asked for", async () => {
    const before = installedPackage(await read(asks(0.1, 1)), { grant: ["model.call"], budget: { runUsd: 0.1, dayUsd: 0.5 } }, 0);
    const change = async (manifest: Parameters<typeof parts>[0]) => reportPackage(await read({ version: "1.1.0", ...manifest }), before).changes?.budget;
    expect(await change(asks(0.2, 0.3))).toEqual({ from: { runUsd: 0.1, dayUsd: 1 }, granted: { runUsd: 0.1, dayUsd: 0.3 }, more: true });
    expect(await change({})).toEqual({ from: { runUsd: 0.1, dayUsd: 1 }, granted: { runUsd: 0, dayUsd: 0 }, more: false });
    expect(reportPackage(await read(asks(0.1, 1)), installedPackage(await read(), { grant: [] }, 0)).changes?.budget).toMatchObject({ more: true });
  });
});

describe("consent", () => {
  it("is asked for whatever is unsigned, of another key, older, or other under the same number", async () => {
    const installed = { ...installedPackage(await read(), { grant: [] }, 0), signer: "SHA256:before" };
    const report = reportPackage(await read({ version: "0.9.0" }), installed);
    const code = (consent: Parameters<typeof assertConsent>[1], of = report) => {
      try {
        assertConsent(of, consent);
        return undefined;
      } catch (thrown) {
        return (thrown as { code: string }).code;
      }
    };
    expect(code({ grant: [] })).toBe("PACKAGE_UNSIGNED");
    expect(code({ grant: [], unsigned: true })).toBe("PACKAGE_KEY_CHANGED");
    expect(code({ grant: [], unsigned: true, newKey: true })).toBe("PACKAGE_OLDER");
    expect(code({ grant: [], unsigned: true, newKey: true, force: true })).toBeUndefined();
    expect(code({ grant: [], unsigned: true, newKey: true }, reportPackage(await read({}, "other"), installed))).toBe("PACKAGE_SAME_VERSION");
  });

  it("gives nothing that was not asked for", async () => {
    const report = reportPackage(await read());
    expect(() => assertConsent(report, { grant: ["model.call"], unsigned: true })).toThrow(expect.objectContaining({ code: "PACKAGE_GRANT_UNKNOWN" }));
  });
});

it("versions are ordered as semantic versions are", () => {
  const ordered = [
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.2.0",
    "1.10.0",
    "2.0.0",
  ];
  ordered.forEach((one, at) => ordered.forEach((other, over) => expect(Math.sign(compareVersions(one, other)), `${one} ${other}`).toBe(Math.sign(at - over))));
  expect(compareVersions("1.0.0+one", "1.0.0+two")).toBe(0);
});
