import type { Platform } from "./kernel-types.ts";

/** A deadline waiting in its queue; `cancel` it as soon as it cannot matter any more. */
export interface Deadline {
  cancel(): void;
}

interface Node extends Deadline {
  readonly at: number;
  readonly fire: () => void;
  readonly queue: Queue;
  previous: Node | undefined;
  next: Node | undefined;
  waiting: boolean;
}

/** Deadlines of one duration: appended in time order, so the head is always the earliest. */
interface Queue {
  readonly ms: number;
  head: Node | undefined;
  tail: Node | undefined;
}

/**
 * All deadlines on one timer: a queue a duration, O(1) to set and to cancel.
 * The timer is left armed when its deadline is cancelled and looks again when it fires: calls that settle in time never touch it.
 */
export class Deadlines {
  readonly #platform: Platform;
  readonly #queues = new Map<number, Queue>();
  #armedFor = Number.POSITIVE_INFINITY;
  #disarm: (() => void) | undefined;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** Calls `fire` after `ms` unless cancelled first. */
  set(ms: number, fire: () => void): Deadline {
    let queue = this.#queues.get(ms);
    if (!queue) this.#queues.set(ms, (queue = { ms, head: undefined, tail: undefined }));
    const node: Node = { at: this.#platform.clock.elapsed() + ms, fire, queue, previous: queue.tail, next: undefined, waiting: true, cancel: () => this.#remove(node) };
    if (queue.tail) queue.tail.next = node;
    else queue.head = node;
    queue.tail = node;
    if (node.at < this.#armedFor) this.#arm(node.at);
    return node;
  }

  get waiting(): number {
    let count = 0;
    for (const queue of this.#queues.values()) for (let node = queue.head; node; node = node.next) count++;
    return count;
  }

  close(): void {
    this.#disarm?.();
    this.#disarm = undefined;
    this.#armedFor = Number.POSITIVE_INFINITY;
    this.#queues.clear();
  }

  #remove(node: Node): void {
    if (!node.waiting) return;
    node.waiting = false;
    const { queue } = node;
    if (node.previous) node.previous.next = node.next;
    else queue.head = node.next;
    if (node.next) node.next.previous = node.previous;
    else queue.tail = node.previous;
  }

  #arm(at: number): void {
    this.#disarm?.();
    this.#armedFor = at;
    this.#disarm = this.#platform.timer(Math.max(0, at - this.#platform.clock.elapsed()), () => this.#look());
  }

  #look(): void {
    this.#disarm = undefined;
    this.#armedFor = Number.POSITIVE_INFINITY;
    const now = this.#platform.clock.elapsed();
    let next = Number.POSITIVE_INFINITY;
    const due: Node[] = [];
    for (const queue of this.#queues.values()) {
      // Half a millisecond of grace: timers may fire a fraction early and would otherwise be armed again for nothing.
      while (queue.head && queue.head.at <= now + 0.5) {
        due.push(queue.head);
        this.#remove(queue.head);
      }
      if (queue.head) next = Math.min(next, queue.head.at);
      else this.#queues.delete(queue.ms);
    }
    if (next < Number.POSITIVE_INFINITY) this.#arm(next);
    for (const node of due) node.fire();
  }
}
