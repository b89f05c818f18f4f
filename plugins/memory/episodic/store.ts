import type { KeyValue } from "@orrery/sdk";
import { type Episode, episode } from "./episode.ts";
import { quality, recency } from "./rank.ts";

/** What was forgotten, and why, in words. */
export interface Forgotten {
  id: string;
  task: string;
  why: string;
}
export interface Kept extends Episode {
  /** How often it was recalled for a task. */
  uses: number;
}

/** Episodes by workspace over a host's store. A record this version cannot read is passed over, not lost. */
export class EpisodeStore {
  readonly #store: KeyValue;
  readonly #keep: number;
  readonly #halfLifeDays: number;

  constructor(store: KeyValue, options: { keep: number; halfLifeDays: number }) {
    this.#store = store;
    this.#keep = options.keep;
    this.#halfLifeDays = options.halfLifeDays;
  }

  async all(workspace: string): Promise<Kept[]> {
    const rows = await this.#store.list(prefix(workspace));
    const uses = new Map((await this.#store.list("uses/")).map(({ key, value }) => [key, Number(value)]));
    return rows.flatMap(({ value }) => {
      const read = episode.safeParse(value);
      // A long workspace name is cut in the key, so the key alone does not tell two apart.
      return read.success && read.data.workspace === workspace ? [{ ...read.data, uses: uses.get(`uses/${read.data.id}`) ?? 0 }] : [];
    });
  }

  async put(one: Episode): Promise<void> {
    const key = prefix(one.workspace) + one.id;
    await this.#store.set(key, JSON.parse(JSON.stringify(one)));
    await this.#store.set(`at/${one.id}`, key);
  }

  async used(id: string): Promise<void> {
    await this.#store.increment(`uses/${id}`, 1);
  }

  async forget(id: string): Promise<boolean> {
    const key = await this.#store.get(`at/${id}`);
    if (typeof key !== "string") return false;
    await this.#store.delete(key);
    await this.#store.delete(`at/${id}`);
    await this.#store.delete(`uses/${id}`);
    return true;
  }

  /**
   * Brings a workspace back to its bound. First go episodes that were not accepted, oldest first;
   * then those of least worth = recency × quality × (1 + uses).
   */
  async trim(workspace: string, now: number): Promise<Forgotten[]> {
    const kept = await this.all(workspace);
    const worth = (one: Kept): number => recency(one.at, now, this.#halfLifeDays) * quality(one.judged) * (1 + one.uses);
    const useful = (one: Kept): number => (one.status === "accepted" ? 1 : 0);
    const order = kept.sort((a, b) => useful(a) - useful(b) || (useful(a) === 0 ? a.at - b.at : worth(a) - worth(b)) || a.at - b.at);
    const gone = order.slice(0, Math.max(0, kept.length - this.#keep));
    for (const one of gone) await this.forget(one.id);
    return gone.map((one) => ({
      id: one.id,
      task: one.task,
      why: `more than ${this.#keep} episodes: ${one.status === "accepted" ? `the least useful (judged ${one.judged.toFixed(2)}, recalled ${one.uses} times)` : `the oldest that was not accepted (${one.status})`}`,
    }));
  }
}

const prefix = (workspace: string): string => `episodes/${encodeURIComponent(workspace).slice(0, 300)}/`;
