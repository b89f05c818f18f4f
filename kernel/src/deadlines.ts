import type { Platform } from "./kernel-types.ts";

interface Deadline {
  readonly at: number;
  readonly fire: () => void;
}

/**
 * All deadlines on one timer. A queue a duration: its deadlines come in time order, so the first is always the earliest.
 * The timer stays armed when its deadline is cancelled and looks again when it fires: calls that settle in time never touch it.
 */
export type Deadlines = ReturnType<typeof createDeadlines>;

export function createDeadlines({ clock, timer }: Platform) {
  const queues = new Map<number, Set<Deadline>>();
  let armedFor = Number.POSITIVE_INFINITY;
  let disarm: (() => void) | undefined;
  const arm = (at: number): void => {
    disarm?.();
    armedFor = at;
    disarm = timer(Math.max(0, at - clock.elapsed()), look);
  };
  const look = (): void => {
    armedFor = Number.POSITIVE_INFINITY;
    // Half a millisecond of grace: a timer may fire a fraction early, and would be armed again for nothing.
    const now = clock.elapsed() + 0.5;
    const all = Array.from(queues.values());
    const due = all.flatMap((queue) => takeWhile(queue, (deadline) => deadline.at <= now));
    for (const [ms, queue] of queues) if (queue.size === 0) queues.delete(ms);
    const next = Math.min(...all.map((queue) => queue.values().next().value?.at ?? Number.POSITIVE_INFINITY));
    if (next < Number.POSITIVE_INFINITY) arm(next);
    for (const deadline of due) deadline.fire();
  };
  return {
    /** Calls `fire` after `ms`, unless the returned cancel is called first. */
    set(ms: number, fire: () => void): () => void {
      const queue = queues.get(ms) ?? new Set();
      queues.set(ms, queue);
      const deadline = { at: clock.elapsed() + ms, fire };
      queue.add(deadline);
      if (deadline.at < armedFor) arm(deadline.at);
      return () => void queue.delete(deadline);
    },
    waiting: (): number => Array.from(queues.values()).reduce((sum, queue) => sum + queue.size, 0),
    close(): void {
      disarm?.();
      queues.clear();
    },
  };
}

function takeWhile<T>(set: Set<T>, wanted: (item: T) => boolean): T[] {
  const taken: T[] = [];
  for (const item of set) {
    if (!wanted(item)) break;
    set.delete(item);
    taken.push(item);
  }
  return taken;
}
