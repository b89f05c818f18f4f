import { browserPlatform } from "./platform.ts";

/** What the tabs of one origin share, and any of them may change. */
export const shared = ["runs", "packages", "connections", "retention", "settings"] as const;
export type Shared = (typeof shared)[number];

/**
 * What one tab changes, the others take up. A message says only where to look: what is there is read anew, so one that was lost
 * is made good by the next, or by `wake`. A tab does not hear itself.
 */
export class Tabs {
  readonly #name: string;
  readonly #channel: BroadcastChannel;
  readonly #followers = new Map<Shared, () => Promise<void>>();
  readonly #watchers = new Set<(what: Shared) => void>();

  /** Tabs that hear each other have the same name. */
  constructor(name: string) {
    this.#name = name;
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = ({ data }: MessageEvent<Shared>) => void this.#hear(data);
  }

  /** It was changed here, and that is kept. */
  tell(what: Shared): void {
    this.#channel.postMessage(what);
    this.show(what);
  }

  /** Whoever shows it in this tab should ask for it anew. */
  show(what: Shared): void {
    for (const watcher of [...this.#watchers]) watcher(what);
  }

  watch(watcher: (what: Shared) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** What is to be done here when another tab changed it, before it is shown. */
  follow(what: Shared, takeUp: () => Promise<void>): void {
    this.#followers.set(what, takeUp);
  }

  /** This tab may have slept, and missed anything. */
  wake(): void {
    for (const what of shared) void this.#hear(what);
  }

  /** One tab after the other; a tab that is closed lets the next one in. */
  async alone<T>(what: Shared, work: () => Promise<T>): Promise<T> {
    return navigator.locks ? await navigator.locks.request(`${this.#name}.${what}`, work) : work();
  }

  close(): void {
    this.#channel.close();
  }

  async #hear(what: Shared): Promise<void> {
    try {
      await this.#followers.get(what)?.();
    } catch (thrown) {
      browserPlatform.log.warn(`what another tab changed of the ${what} could not be taken up`, { message: String(thrown) });
    }
    this.show(what);
  }
}
