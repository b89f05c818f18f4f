import { type InstalledPackage, type Json, type ModelBudget, OrreryError } from "@orrery/sdk";
import { assertBudget, type BudgetCeiling, budgetWords, noBudget, noteChange } from "@orrery/sdk/package";
import { assertIdle, pluginLookup, schemaOf, SettingsDesk, type SettingsHost, type SettingsValue } from "@orrery/sdk/settings";
import type { Booted } from "./boot.ts";
import { configs } from "./database.ts";
import { browserPlatform } from "./platform.ts";
import type { Packages } from "./sandbox/packages.ts";

/** Whoever changes something in a tab is the person in front of it. */
const by = "person";

/** The desk of this tab: settings stand in the browser's database, for the product's own plugins and for installed ones. */
export function settingsDesk(booted: Booted, packages: () => Promise<Packages> | undefined): SettingsDesk & { follow(): Promise<void> } {
  const { kernel, state, plugins, tabs } = booted;
  const { packageOf, find } = pluginLookup(kernel, packages);
  const host: SettingsHost = {
    find: (id) =>
      find(id, (report, runs) => {
        if (report?.tier !== "core") return undefined;
        const known = plugins.get(id);
        return {
          id,
          version: report.version,
          schema: known && schemaOf(known),
          stranger: false,
          runs,
          ...(report.error ? { problem: report.error } : {}),
        };
      }),
    read: async (id) => ((await packageOf(id)) ? (await packages())?.configOf(id) : ((await state.values.get([configs, id]))?.value as Json | undefined)),
    async write(id, value) {
      if (await packageOf(id)) await (await packages())?.configure(id, value);
      else if (value === undefined) await state.values.delete([configs, id]);
      else await state.values.put({ ns: configs, key: id, value });
    },
    restart: async (id, value) => ((await packageOf(id)) ? (await packages())?.restart(id, value ?? {}) : again(id, value)),
    async told(id, detail) {
      tabs.tell("settings");
      await noteChange(kernel, id, { at: Date.now(), by, what: "settings", detail });
    },
  };

  async function again(id: string, value: SettingsValue | undefined): Promise<void> {
    const plugin = plugins.get(id);
    if (!plugin) throw new OrreryError("SETTINGS_FIXED", `${id} cannot be started anew here`, { todo: "Nothing was changed.", refusal: true });
    if (!plugin.live) {
      await assertIdle(kernel, plugin);
      await kernel.replace(plugin, { tier: "core", config: value ?? {} });
    }
    booted.worksWith(plugin, value);
  }

  const desk = new SettingsDesk(host);
  /** Those that could not be taken up because a run is under way: tried again when one has ended. */
  let waiting = false;
  const follow = async (): Promise<void> => {
    waiting = false;
    for (const { id, value } of await booted.setElsewhere())
      await desk.takeUp(id, value).catch((thrown: { code?: string }) => {
        if (thrown.code === "SETTINGS_BUSY") waiting = true;
        else browserPlatform.log.warn(`what another tab set of ${id} could not be taken up`, { message: String(thrown) });
      });
  };
  tabs.watch((what) => {
    if (what === "runs" && waiting) void follow();
  });
  return Object.assign(desk, { follow });
}

/** Changes what an installed plugin may spend on models, from now on. Throws PACKAGE_UNKNOWN, PACKAGE_BUDGET_REFUSED. */
export async function setBudget({ kernel, state }: Booted, packages: Packages, id: string, sums: Partial<ModelBudget>): Promise<InstalledPackage> {
  const ceiling = (await state.values.get([configs, "orrery.cost"]))?.value as BudgetCeiling | undefined;
  let was = "";
  const changed = await packages.spend(id, (now) => {
    was = budgetWords(now.budget?.granted ?? noBudget);
    return assertBudget(now, sums, ceiling ?? {});
  });
  await noteChange(kernel, id, { at: Date.now(), by, what: "budget", detail: `may ${budgetWords(changed.budget?.granted ?? noBudget)}; before: ${was}` });
  return changed;
}
