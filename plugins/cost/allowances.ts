import { isOwnQuestion, type KeyValue, type ModelBudget, type NanoUsd, type Origin, spendingOf, type Storage, usdToNano } from "@orrery/sdk";

export interface Allowance {
  readonly runNano: NanoUsd;
  readonly dayNano: NanoUsd;
}
const nothing: Allowance = { runNano: 0, dayNano: 0 };

/** Of what was granted at the installation and what the settings say the smaller; of one alone, that; of none, nothing. */
export function allowanceOf(granted: ModelBudget | undefined, set: ModelBudget | undefined): Allowance {
  const said = [granted, set].filter((each) => each !== undefined);
  if (said.length === 0) return nothing;
  return { runNano: usdToNano(Math.min(...said.map(({ runUsd }) => runUsd))), dayNano: usdToNano(Math.min(...said.map(({ dayUsd }) => dayUsd))) };
}

/** What plugins may spend on questions of their own: nothing, unless a person said so. */
export class Allowances {
  readonly #of: (plugin: string) => Allowance;
  readonly #storage: Storage;

  /** `of` is asked at each reservation: what was granted may change while runs go on. */
  constructor(of: (plugin: string) => Allowance, storage: Storage) {
    this.#of = of;
    this.#storage = storage;
  }

  of(plugin: string): Allowance {
    return this.#of(plugin);
  }

  /** The plugin that asks for itself; undefined for a step of a run, which has no allowance to keep to. */
  asker(origin: Origin): string | undefined {
    return isOwnQuestion(origin) ? origin.plugin : undefined;
  }

  /** The day's sum is checked and raised in one step of the store, over processes and tabs. */
  count(plugin: string, day: string, nano: NanoUsd): Promise<{ ok: boolean; value: number }> {
    return this.#countOf(plugin).increment(day, nano, this.of(plugin).dayNano);
  }

  /** A plugin that was removed since leaves no count behind: there is nothing to correct then. */
  async correct(plugin: string, day: string, by: number): Promise<void> {
    const count = this.#countOf(plugin);
    if ((await count.get(day)) !== undefined) await count.increment(day, by);
  }

  async spent(plugin: string, day: string): Promise<NanoUsd> {
    return Number((await this.#countOf(plugin).get(day)) ?? 0);
  }

  #countOf(plugin: string): KeyValue {
    return this.#storage.open(spendingOf(plugin));
  }
}
