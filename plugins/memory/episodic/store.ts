import type { KeyValue } from "@orrery/sdk";
import { type Episode, episode } from "./episode.ts";
import { quality, recency } from "./rank.ts";

/** Whose memory: the workspace's, or that of one agent in it, by its name in its team (`team/agent`). */
export interface Scope {
  workspace: string;
  agent?: string | undefined;
}
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

/** Episodes by scope over a host's store. A record this version cannot read is passed over, not lost. */
export class EpisodeStore {
  readonly #store: KeyValue;
  readonly #halfLifeDays: number;

  constructor(store: KeyValue, { halfLifeDays }: { halfLifeDays: number }) {
    this.#store = store;
    this.#halfLifeDays = halfLifeDays;
  }

  async all({ workspace, agent }: Scope): Promise<Episode[]> {
    return (await this.#read(prefix({ workspace, agent }))).filter((one) => one.workspace === workspace && one.agent === agent);
  }

  /** Agents of the workspace that remember something, with how much. */
  async agents(workspace: string): Promise<{ agent: string; episodes: number }[]> {
    const counts = new Map<string, number>();
    for (const one of await this.#read(agentsOf(workspace)))
      if (one.workspace === workspace && one.agent !== undefined) counts.set(one.agent, (counts.get(one.agent) ?? 0) + 1);
    return [...counts].map(([agent, episodes]) => ({ agent, episodes }));
  }

  async put(one: Episode): Promise<void> {
    const key = prefix(one) + one.id;
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
   * Brings a scope back to its bound. First go episodes that were not accepted, oldest first;
   * then those of least worth = recency × quality × (1 + uses).
   */
  async trim(scope: Scope, keep: number, now: number): Promise<Forgotten[]> {
    const all = await this.all(scope);
    if (all.length <= keep) return [];
    const uses = new Map((await this.#store.list("uses/")).map(({ key, value }) => [key, Number(value)]));
    const kept = all.map((one): Kept => ({ ...one, uses: uses.get(`uses/${one.id}`) ?? 0 }));
    const worth = (one: Kept): number => recency(one.at, now, this.#halfLifeDays) * quality(one.judged) * (1 + one.uses);
    const useful = (one: Kept): number => (one.status === "accepted" ? 1 : 0);
    const order = kept.sort((a, b) => useful(a) - useful(b) || (useful(a) === 0 ? a.at - b.at : worth(a) - worth(b)) || a.at - b.at);
    const gone = order.slice(0, Math.max(0, kept.length - keep));
    for (const one of gone) await this.forget(one.id);
    return gone.map((one) => ({
      id: one.id,
      task: one.task,
      why: `more than ${keep} episodes: ${one.status === "accepted" ? `the least useful (judged ${one.judged.toFixed(2)}, recalled ${one.uses} times)` : `the oldest that was not accepted (${one.status})`}`,
    }));
  }

  async #read(prefixed: string): Promise<Episode[]> {
    return (await this.#store.list(prefixed)).flatMap(({ value }) => episode.safeParse(value).data ?? []);
  }
}

// A long name is cut in the key, so the key alone does not tell two apart.
const part = (name: string, most: number): string => encodeURIComponent(name).slice(0, most);
const agentsOf = (workspace: string): string => `agents/${part(workspace, 200)}/`;
const prefix = ({ workspace, agent }: Scope): string =>
  agent === undefined ? `episodes/${part(workspace, 300)}/` : `${agentsOf(workspace)}${part(agent, 200)}/`;
