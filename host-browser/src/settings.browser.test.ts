import cost from "@orrery/plugins/cost";
import policy from "@orrery/plugins/tools/policy";
import { Ledger } from "@orrery/sdk";
import { Dexie } from "dexie";
import { expect, it, onTestFinished } from "vitest";
import { boot, type Booted } from "./boot.ts";
import { KernelHost } from "./kernel-host.ts";

const database = "settings-test";
const capUsd = async ({ kernel }: Booted) => ((await kernel.service(Ledger)?.day())?.capNano ?? 0) / 1e9;
const may = async ({ kernel }: Booted, run: string) => {
  const origin = { run, task: "t", step: "s", agent: "clerk", plugin: "orrery.runner", actor: "me", workspace: "default" };
  return (await kernel.call("tool.guard", { id: "c", origin, tool: "calculator", input: {}, named: ["calculator"], effects: [], localOnly: false })).decision;
};

/** One tab of a browser; those of one test share its database, and hear each other. */
async function tab() {
  const booted = await boot({ base: "/", database, plugins: [cost, policy], carry: () => Promise.reject(new Error("there is no network here")) });
  onTestFinished(async () => {
    booted.tabs.close();
    await booted.kernel.close();
    booted.state.close();
  });
  return { booted, host: new KernelHost(booted, `${location.origin}/`, 0) };
}

it("what is set in one tab holds for the next run in each, and a run under way keeps to what it began with", async () => {
  onTestFinished(async () => {
    for (const kind of ["journal", "state"]) await Dexie.delete(`${database}.${kind}`);
  });
  const [one, other] = [await tab(), await tab()];
  const both = [one.booted, other.booted];
  for (const each of both) expect([await may(each, "run_before"), await capUsd(each)]).toEqual(["allow", 5]);

  await one.host.changePluginSettings("orrery.tools.policy", { set: { deny: ["calculator"] } });
  await one.host.changePluginSettings("orrery.cost", { set: { dayCapUsd: 1 } });
  for (const each of both) {
    await expect.poll(() => may(each, "-")).toBe("deny");
    await expect.poll(() => capUsd(each)).toBe(1);
    expect([await may(each, "run_before"), await may(each, "run_after")]).toEqual(["allow", "deny"]);
  }
  // What does not fit is refused where it is set, and changes nothing anywhere.
  await expect(other.host.changePluginSettings("orrery.cost", { set: { dayCapUsd: -1 } })).rejects.toMatchObject({ code: "SETTINGS_INVALID" });
  expect(await capUsd(other.booted)).toBe(1);

  await other.host.changePluginSettings("orrery.tools.policy", { others: "unset" });
  for (const each of both) await expect.poll(() => may(each, "-")).toBe("allow");
  const opened = await tab();
  expect([await may(opened.booted, "run_new"), await capUsd(opened.booted)]).toEqual(["allow", 1]);
});

it("a tab that was not told takes it up when it is looked at again", async () => {
  onTestFinished(async () => {
    for (const kind of ["journal", "state"]) await Dexie.delete(`${database}.${kind}`);
  });
  const { booted } = await tab();
  expect(await capUsd(booted)).toBe(5);
  await booted.state.values.put({ ns: "plugins.config", key: "orrery.cost", value: { dayCapUsd: 2 } });
  booted.tabs.wake();
  await expect.poll(() => capUsd(booted)).toBe(2);
});
