import type { KernelError } from "./errors.ts";
import type { Platform } from "./contract.ts";

/**
 * All deadlines on one timer. A queue a duration: its deadlines come in time order, so the first is always the earliest.
 * The timer stays armed when its deadline is cancelled and looks again when it fires: calls that settle in time never touch it.
 */
export type Deadlines = ReturnType<typeof createDeadlines>;

export function createDeadlines({ clock, timer }: Platform) {
  const queues = new Map<number, Set<{ readonly at: number; readonly fire: () => void }>>();
  let armedFor = Number.POSITIVE_INFINITY;
  let disarm: (() => void) | undefined;
  const arm = (at: number): void => {
    disarm?.();
    armedFor = at;
    disarm = at < Number.POSITIVE_INFINITY ? timer(Math.max(0, at - clock.elapsed()), look) : undefined;
  };
  const look = (): void => {
    // Half a millisecond of grace: a timer may fire a fraction early, and would be armed again for nothing.
    const now = clock.elapsed() + 0.5;
    const due: (() => void)[] = [];
    let next = Number.POSITIVE_INFINITY;
    for (const [ms, queue] of queues) {
      for (const deadline of queue) {
        next = Math.min(next, deadline.at > now ? deadline.at : next);
        if (deadline.at > now) break;
        queue.delete(deadline);
        due.push(deadline.fire);
      }
      if (queue.size === 0) queues.delete(ms);
    }
    arm(next);
    for (const fire of due) fire();
  };
  /** Calls `fire` after `ms`, unless the returned cancel is called first. */
  const set = (ms: number, fire: () => void): (() => void) => {
    const queue = queues.get(ms) ?? new Set();
    queues.set(ms, queue);
    const deadline = { at: clock.elapsed() + ms, fire };
    queue.add(deadline);
    if (deadline.at < armedFor) arm(deadline.at);
    return () => void queue.delete(deadline);
  };
  return {
    set,
    /** What `work` comes to, or the error when it takes longer than `ms`; what it comes to later is ignored. */
    within: <T>(ms: number, work: () => T | Promise<T>, late: () => KernelError): Promise<T> =>
      new Promise((resolve, reject) => {
        const cancel = set(ms, () => reject(late()));
        const working = (async () => work())();
        working.then(resolve, reject).then(cancel);
      }),
    waiting: (): number => Array.from(queues.values()).reduce((sum, queue) => sum + queue.size, 0),
    close(): void {
      disarm?.();
      queues.clear();
    },
  };
}
