import type { Platform } from "./kernel-types.ts";

interface Deadline {
  readonly at: number;
  readonly fire: () => void;
}

/**
 * All deadlines on one timer. A queue a duration: its deadlines come in time order, so the first is always the earliest.
 * The timer stays armed when its deadline is cancelled and looks again when it fires: calls that settle in time never touch it.
 */
export class Deadlines {
  readonly #platform: Platform;
  readonly #queues = new Map<number, Set<Deadline>>();
  #armedFor = Number.POSITIVE_INFINITY;
  #disarm: (() => void) | undefined;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** Calls `fire` after `ms`, unless the returned cancel is called first. */
  set(ms: number, fire: () => void): () => void {
    let queue = this.#queues.get(ms);
    if (!queue) this.#queues.set(ms, (queue = new Set()));
    const deadline = { at: this.#platform.clock.elapsed() + ms, fire };
    queue.add(deadline);
    if (deadline.at < this.#armedFor) this.#arm(deadline.at);
    return () => void queue.delete(deadline);
  }

  get waiting(): number {
    return Array.from(this.#queues.values()).reduce((sum, queue) => sum + queue.size, 0);
  }

  close(): void {
    this.#disarm?.();
    this.#queues.clear();
  }

  #arm(at: number): void {
    this.#disarm?.();
    this.#armedFor = at;
    this.#disarm = this.#platform.timer(Math.max(0, at - this.#platform.clock.elapsed()), () => this.#look());
  }

  #look(): void {
    this.#armedFor = Number.POSITIVE_INFINITY;
    // Half a millisecond of grace: a timer may fire a fraction early, and would be armed again for nothing.
    const now = this.#platform.clock.elapsed() + 0.5;
    const due: Deadline[] = [];
    let next = Number.POSITIVE_INFINITY;
    for (const queue of this.#queues.values()) {
      for (const deadline of queue) {
        if (deadline.at > now) {
          next = Math.min(next, deadline.at);
          break;
        }
        queue.delete(deadline);
        due.push(deadline);
      }
    }
    if (next < Number.POSITIVE_INFINITY) this.#arm(next);
    for (const deadline of due) deadline.fire();
  }
}
