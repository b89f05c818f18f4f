import { isOwnQuestion, type KeyValue, type NanoUsd, type Origin } from "@orrery/sdk";

export interface Allowance {
  readonly runNano: NanoUsd;
  readonly dayNano: NanoUsd;
}
const nothing: Allowance = { runNano: 0, dayNano: 0 };

/** What plugins may spend on questions of their own: nothing, unless a person said so. */
export class Allowances {
  readonly #of: ReadonlyMap<string, Allowance>;
  readonly #store: KeyValue;

  constructor(of: ReadonlyMap<string, Allowance>, store: KeyValue) {
    this.#of = of;
    this.#store = store;
  }

  of(plugin: string): Allowance {
    return this.#of.get(plugin) ?? nothing;
  }

  /** The plugin that asks for itself; undefined for a step of a run, which has no allowance to keep to. */
  asker(origin: Origin): string | undefined {
    return isOwnQuestion(origin) ? origin.plugin : undefined;
  }

  /** The day's sum is checked and raised in one step of the store, over processes and tabs. */
  count(plugin: string, day: string, nano: NanoUsd): Promise<{ ok: boolean; value: number }> {
    return this.#store.increment(keyOf(plugin, day), nano, this.of(plugin).dayNano);
  }

  async correct(plugin: string, day: string, by: number): Promise<void> {
    await this.#store.increment(keyOf(plugin, day), by);
  }

  async spent(plugin: string, day: string): Promise<NanoUsd> {
    return Number((await this.#store.get(keyOf(plugin, day))) ?? 0);
  }
}

const keyOf = (plugin: string, day: string): string => `plugin/${plugin}/${day}`;
