import type { Kernel, PluginReport } from "@orrery/kernel";
import { nanoToUsd } from "../brands.ts";
import { type KeyValue, Storage } from "../host-services.ts";
import { Ledger } from "../ledger.ts";
import type { Lifecycle } from "../lifecycle.ts";
import { changesIn, tallyOf } from "../settings/change-log.ts";
import { noBudget } from "./budget.ts";
import { permissionWords } from "./permission-words.ts";
import type { GrantedPackage, PackageAudit } from "./report.ts";

/** What a plugin asks for may be endless; what is counted of it is not. */
const mostDenied = 200;

/** What installed plugins used and were denied, over all their versions, runs, processes and tabs. Counts in memory and writes down when asked to. */
export class Tally {
  readonly #kernel: Kernel<Lifecycle>;
  readonly #now: () => number;
  readonly #denied = new Map<string, Map<string, number>>();

  constructor(kernel: Kernel<Lifecycle>, now: () => number) {
    this.#kernel = kernel;
    this.#now = now;
    kernel.onChange(({ plugin, from, to, detail }) => {
      const counts = this.#denied.get(plugin);
      // What it was not granted is told once when it is installed, while it waits: that is no attempt of its own.
      if (to !== "denied" || from === "waiting" || !counts || detail === undefined) return;
      if (counts.has(detail) || counts.size < mostDenied) counts.set(detail, (counts.get(detail) ?? 0) + 1);
    });
  }

  /** Counts this plugin's denials from now on. */
  begin(id: string): void {
    if (!this.#denied.has(id)) this.#denied.set(id, new Map());
  }

  forget(id: string): void {
    this.#denied.delete(id);
  }

  /** Writes down what was counted since the last time. */
  async keep(id: string): Promise<void> {
    const counts = this.#denied.get(id);
    const space = this.#space(id);
    if (!counts || !space) return;
    const denied = [...counts];
    counts.clear();
    if ((await space.get("since")) === undefined) await space.set("since", this.#now());
    for (const capability of this.#report(id)?.capabilities.used ?? []) await space.set(`used/${capability}`, this.#now());
    const known = new Set((await space.list("denied/")).map(({ key }) => key));
    for (const [capability, count] of denied) {
      const key = `denied/${capability}`.slice(0, 500);
      if (known.has(key) || known.size < mostDenied) await space.increment(key, count);
      known.add(key);
    }
  }

  async audit({ id, version, capabilities, granted, budget, installedAt }: GrantedPackage): Promise<PackageAudit> {
    await this.keep(id);
    const space = this.#space(id);
    const read = async (prefix: string): Promise<Map<string, number>> =>
      new Map(((await space?.list(prefix)) ?? []).map(({ key, value }) => [key.slice(prefix.length), Number(value)]));
    const [used, denied] = [await read("used/"), await read("denied/")];
    const names = [...new Set([...capabilities, ...used.keys(), ...denied.keys()])];
    return {
      id,
      version,
      since: Number((await space?.get("since")) ?? installedAt),
      capabilities: names.map((name) => {
        const usedAt = used.get(name);
        return {
          name,
          words: permissionWords(name),
          declared: capabilities.includes(name),
          granted: granted.includes(name),
          ...(usedAt === undefined ? {} : { usedAt }),
          denials: denied.get(name) ?? 0,
        };
      }),
      changes: await changesIn(space),
      ...(await this.#spending(id, budget)),
    };
  }

  async #spending(id: string, budget: GrantedPackage["budget"]): Promise<Pick<PackageAudit, "budget">> {
    const allowance = await this.#kernel.service(Ledger)?.allowance(id);
    const holds = allowance ? { runUsd: nanoToUsd(allowance.runNano), dayUsd: nanoToUsd(allowance.dayNano) } : noBudget;
    const spentTodayUsd = nanoToUsd(allowance?.spentNano ?? 0);
    if (!budget && holds.dayUsd === 0 && spentTodayUsd === 0) return {};
    return { budget: { asked: budget?.asked ?? noBudget, granted: budget?.granted ?? noBudget, holds, spentTodayUsd } };
  }

  #space(id: string): KeyValue | undefined {
    return this.#kernel.service(Storage)?.open(tallyOf(id));
  }

  #report(id: string): PluginReport | undefined {
    return this.#kernel.inspect().plugins.find((plugin) => plugin.id === id);
  }
}
