import { createKernel } from "@orrery/kernel";
import { lifecycle, spendingOf } from "@orrery/sdk";
import { generateKey, signPackage, tallyOf } from "@orrery/sdk/package";
import type { SandboxEngine } from "@orrery/sdk/sandbox";
import { samples } from "@orrery/sdk/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StateDatabase } from "../../host-browser/src/database.ts";
import { browserPlatform } from "../../host-browser/src/platform.ts";
import { Packages } from "../../host-browser/src/sandbox/packages.ts";
import { storagePlugin } from "../../host-browser/src/storage.ts";
import { Tabs } from "../../host-browser/src/tabs.ts";
import { curious, samplePackage } from "../support/sample-package.ts";
import { engineOfThisPage } from "./tab-engine.ts";

const id = "acme.signature";
const unsigned = { grant: ["storage:64KB"], unsigned: true };
/** It asks for the network at every step, and keeps nothing. */
const asking = 'tap("step.after", (result) => { try { need("net:api.example:GET"); } catch {} return result; });';
const result = {
  run: "r",
  path: "p",
  attempt: 1,
  agent: "a",
  model: "m",
  text: "hi",
  usage: { inputTokens: 1, outputTokens: 1 },
  costNano: 0,
  finish: "stop",
  durationMs: 1,
} as const;

/** A kernel as a tab has it, over the same database as the one before it. */
async function open(engine: SandboxEngine) {
  const state = new StateDatabase("packages-test");
  const kernel = createKernel({ hooks: lifecycle, platform: browserPlatform });
  await kernel.install(storagePlugin(state), { tier: "core" });
  const tabs = new Tabs("packages-test");
  const packages = new Packages({ kernel, state, tabs }, engine);
  await packages.start();
  const said = async () => (await kernel.call("step.after", result as never)).text;
  const shut = async () => {
    await packages.settled();
    tabs.close();
    await kernel.close();
    state.close();
  };
  return { kernel, state, packages, said, shut };
}
const rows = async (state: StateDatabase) => JSON.stringify(await Promise.all(state.tables.map((table) => table.toArray())));

let engine: SandboxEngine;
let tab: Awaited<ReturnType<typeof open>>;
beforeEach(async () => {
  engine = engineOfThisPage({ warm: 0 });
  tab = await open(engine);
});
afterEach(async () => {
  await tab.shut();
  await tab.state.delete();
  await engine.close();
});

describe("a plugin installed in a tab", () => {
  it("runs with what it was granted and nothing else, and again after the page was loaded anew", async () => {
    const bytes = await samplePackage();
    expect(await tab.packages.inspect(bytes)).toMatchObject({ id, capabilities: [{ words: expect.stringContaining("64") }, { words: expect.any(String) }] });
    expect(tab.kernel.inspect().plugins.map((plugin) => plugin.id)).not.toContain(id);
    expect(await tab.packages.install(bytes, unsigned)).toMatchObject({ id, version: "1.0.0", granted: ["storage:64KB"] });
    expect(await tab.said()).toBe("hi (signed)");
    await tab.shut();
    tab = await open(engine);
    expect(await tab.said()).toBe("hi (signed)");
    expect(tab.kernel.inspect().plugins.find((plugin) => plugin.id === id)).toMatchObject({
      tier: "community",
      capabilities: { granted: ["storage:64KB"], denied: ["net:api.example:GET"] },
    });
  });

  it("is told by what it used and was refused, over all times the page was open", async () => {
    await tab.packages.install(await samplePackage(), unsigned);
    const net = async () => (await tab.packages.audit(id)).capabilities.find(({ name }) => name.startsWith("net:"));
    expect((await net())?.denials).toBe(0);
    await tab.said();
    await tab.said();
    await expect.poll(async () => (await net())?.denials).toBe(2);
    await expect.poll(async () => (await tab.state.values.get([tallyOf(id), "denied/net:api.example:GET"]))?.value).toBe(2);
    expect((await tab.packages.audit(id)).capabilities.find(({ name }) => name.startsWith("storage:"))).toMatchObject({
      granted: true,
      denials: 0,
      usedAt: expect.any(Number),
    });
    await tab.shut();
    tab = await open(engine);
    expect((await net())?.denials).toBe(2);
    await tab.said();
    await expect.poll(async () => (await net())?.denials).toBe(3);
  });

  it("keeps its counts over an update and over the tabs that count, and begins anew once it was removed", async () => {
    await tab.packages.install(await samplePackage(), unsigned);
    const { since } = await tab.packages.audit(id);
    const net = async (of: typeof tab) => (await of.packages.audit(id)).capabilities.find(({ name }) => name.startsWith("net:"))?.denials;
    await tab.said();
    const next = await open(engine);
    await next.said();
    await expect.poll(() => net(tab)).toBe(2);
    await expect.poll(() => net(next)).toBe(2);
    await tab.packages.install(await samplePackage({ version: "1.1.0", capabilities: { "net:api.example:GET": "it looks up who wrote it" }, setup: asking }), {
      grant: [],
      unsigned: true,
    });
    const { capabilities, ...audit } = await tab.packages.audit(id);
    expect(audit).toMatchObject({ version: "1.1.0", since });
    expect(capabilities).toMatchObject([
      { name: "net:api.example:GET", declared: true, denials: 2 },
      { name: "storage:64KB", declared: false, granted: false, usedAt: expect.any(Number) },
    ]);
    await next.shut();
    await tab.packages.remove(id);
    await tab.packages.install(await samplePackage(), unsigned);
    expect(await net(tab)).toBe(0);
  });

  it("leaves nothing behind when it is removed: no row, no value, no tap, no frame", async () => {
    const frames = document.querySelectorAll("iframe[sandbox]").length;
    const empty = await rows(tab.state);
    await tab.packages.install(await samplePackage(), unsigned);
    expect(await rows(tab.state)).toContain("kept by acme");
    await tab.packages.remove(id);
    expect(await rows(tab.state)).toBe(empty);
    expect(tab.kernel.explain("step.after").taps).toEqual([]);
    await expect.poll(() => document.querySelectorAll("iframe[sandbox]").length).toBe(frames);
    expect([await tab.packages.list(), tab.kernel.inspect().plugins.map((plugin) => plugin.id)]).toEqual([[], ["orrery.storage"]]);
    await expect(tab.packages.remove(id)).rejects.toMatchObject({ code: "PACKAGE_UNKNOWN" });
  });

  it("is not installed unsigned, under another key or with a grant it does not ask for unless that was agreed to", async () => {
    const bytes = await samplePackage();
    await expect(tab.packages.install(bytes, { grant: [] })).rejects.toMatchObject({ code: "PACKAGE_UNSIGNED" });
    await expect(tab.packages.install(bytes, { grant: ["net:*"], unsigned: true })).rejects.toMatchObject({ code: "PACKAGE_GRANT_UNKNOWN" });
    const [ours, theirs] = await Promise.all([generateKey(), generateKey()]);
    await tab.packages.install(await signPackage(bytes, ours), { grant: ["storage:64KB"] });
    const next = await signPackage(await samplePackage({ version: "1.1.0" }), theirs);
    expect((await tab.packages.inspect(next)).changes).toMatchObject({ from: "1.0.0", keyChanged: true, granted: ["storage:64KB"] });
    await expect(tab.packages.install(next, { grant: ["storage:64KB"] })).rejects.toMatchObject({ code: "PACKAGE_KEY_CHANGED" });
    expect(await tab.packages.list()).toMatchObject([{ version: "1.0.0", signer: ours.fingerprint }]);
  });

  it("goes on as it was when an update of it does not start, or is not what its manifest says", async () => {
    await tab.packages.install(await samplePackage(), unsigned);
    for (const setup of ['throw new Error("no luck");', 'tap("model.request", () => undefined);', "for (;;) {}"])
      await expect(tab.packages.install(await samplePackage({ version: "2.0.0", setup }), unsigned)).rejects.toThrow();
    expect(await tab.packages.list()).toMatchObject([{ version: "1.0.0" }]);
    expect(await tab.said()).toBe("hi (signed)");
    await tab.packages.install(await samplePackage({ version: "2.0.0", setup: curious.replace("signed", "sealed") }), unsigned);
    expect(await tab.said()).toBe("hi (sealed)");
  });

  it("is named and not started when what is kept of it was changed, and can be removed", async () => {
    await tab.packages.install(await samplePackage(), unsigned);
    const other = await samplePackage({ setup: curious.replace("signed", "forged") });
    await tab.state.packages.update(id, { bytes: other });
    await tab.shut();
    tab = await open(engine);
    expect(await tab.said()).toBe("hi");
    expect(await tab.packages.list()).toMatchObject([{ id, problem: { code: "PACKAGE_FILE_CHANGED" } }]);
    await tab.packages.remove(id);
    expect(await tab.packages.list()).toEqual([]);
  });

  it("that was ended too often is in quarantine, also after the page was loaded anew, until it is started again or is another version", async () => {
    const hangs = 'tap("step.after", () => { for (;;) {} });';
    await tab.packages.install(await samplePackage({ setup: hangs }), unsigned);
    const untilQuarantine = async () => {
      await expect
        .poll(async () => {
          await tab.said();
          return (await tab.state.packages.get(id))?.held;
        })
        .toBeDefined();
    };
    await untilQuarantine();
    expect(tab.kernel.inspect().plugins.find((plugin) => plugin.id === id)).toMatchObject({ state: "suspended" });
    await tab.shut();
    tab = await open(engine);
    expect(tab.kernel.explain("step.after").taps).toEqual([]);
    expect(await tab.packages.list()).toMatchObject([
      {
        held: { code: "SANDBOX_INTERRUPTED", at: expect.any(Number) },
        problem: { code: "SANDBOX_QUARANTINED", message: expect.stringMatching(/in quarantine since 20.*without a pause/) },
      },
    ]);
    await tab.packages.resume(id);
    expect(tab.kernel.inspect().plugins.find((plugin) => plugin.id === id)).toMatchObject({ state: "active" });
    expect((await tab.packages.list())[0]).not.toHaveProperty("held");
    await expect(tab.packages.resume(id)).rejects.toMatchObject({ code: "PLUGIN_NOT_HELD" });
    await untilQuarantine();
    const next = await tab.packages.install(await samplePackage({ version: "2.0.0" }), unsigned);
    expect(next).toMatchObject({ version: "2.0.0", previous: { version: "1.0.0" } });
    expect(next).not.toHaveProperty("held");
    expect(await tab.said()).toBe("hi (signed)");
  });

  it("goes back to the version before, with what that was granted, once", async () => {
    await tab.packages.install(await samplePackage(), unsigned);
    await tab.packages.install(await samplePackage({ version: "2.0.0", setup: curious.replace("signed", "sealed") }), {
      grant: ["storage:64KB", "net:api.example:GET"],
      unsigned: true,
    });
    expect(await tab.said()).toBe("hi (sealed)");
    expect(await tab.packages.back(id)).toMatchObject({ version: "1.0.0", granted: ["storage:64KB"] });
    expect(await tab.said()).toBe("hi (signed)");
    await expect(tab.packages.back(id)).rejects.toMatchObject({ code: "PACKAGE_NO_PREVIOUS" });
  });

  it("that does not start the first time leaves nothing, nor does one whose page was closed before it was kept", async () => {
    const empty = await rows(tab.state);
    const writes = 'await use.storage.open("notes").set("first", "kept by acme"); throw new Error("no luck");';
    await expect(tab.packages.install(await samplePackage({ setup: writes }), unsigned)).rejects.toThrow("no luck");
    expect(await rows(tab.state)).toBe(empty);
    await tab.state.values.bulkPut([
      { ns: "packages.arriving", key: id, value: true },
      { ns: `sandbox.${id}`, key: "notes/first", value: "kept by acme" },
    ]);
    await tab.shut();
    tab = await open(engine);
    expect(await rows(tab.state)).toBe(empty);
  });

  const rounds = 20;
  it(`leaves nothing behind, ${rounds} times: no worker, frame, tap, plugin, value, budget, count or mark`, { timeout: 300_000 }, async () => {
    const budget = { runUsd: 0.1, dayUsd: 1, reason: "good lines cost money" };
    const capabilities = { "storage:64KB": "it remembers", "model.call": "it asks" };
    const bytes = await samplePackage({ capabilities, budget });
    const consent = { grant: ["storage:64KB", "model.call"], budget: { runUsd: 0.1, dayUsd: 1 }, unsigned: true };
    const standing = async () => ({
      rows: await rows(tab.state),
      workers: engine.workers(),
      frames: document.querySelectorAll("iframe[sandbox]").length,
      taps: tab.kernel.explain("step.after").taps.length,
      plugins: tab.kernel.inspect().plugins.map((plugin) => plugin.id),
      budget: tab.packages.budgetOf(id),
    });
    const before = await standing();
    for (let round = 1; round <= rounds; round += 1) {
      await tab.packages.install(bytes, consent);
      expect(tab.packages.budgetOf(id)).toEqual(consent.budget);
      await tab.said();
      // As the ledger counts what it spends.
      await tab.state.values.put({ ns: spendingOf(id), key: "day/2026-11-26", value: 5 });
      await tab.packages.remove(id);
      await expect.poll(standing, { message: `round ${round}` }).toEqual(before);
    }
    await tab.shut();
    tab = await open(engine);
    await expect.poll(standing).toEqual(before);
  });

  it("has a step that passes by others as before", async () => {
    await tab.packages.install(await samplePackage(), unsigned);
    expect(await tab.kernel.call("step.before", samples.step())).toEqual(samples.step());
  });
});
