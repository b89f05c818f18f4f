import { OrreryError } from "../error.ts";
import type { Guest, GuestListener, GuestSource, SandboxEngine } from "./engine.ts";
import type { SandboxLimits } from "./limits.ts";

/** A worker that was started, its machine up, without a plugin. */
export interface PooledWorker extends Guest {
  load(code: string, listener: GuestListener): void;
  /** Settles when the worker is gone. */
  readonly ended: Promise<unknown>;
}
export interface WorkerPoolOptions {
  /** Workers kept ready for the next plugin; the first is started with the first plugin. */
  readonly warm: number;
  /** What warm machines are made with; a plugin with other limits waits for one of its own. */
  readonly limits: SandboxLimits;
  start(limits: SandboxLimits): Promise<PooledWorker>;
  /** Does `work` once the host has nothing more urgent to do. */
  later(work: () => void): void;
}

/** An engine over workers of any kind, some of them kept warm. */
export function pooledEngine({ warm, limits: usual, start, later }: WorkerPoolOptions): SandboxEngine {
  const up = new Set<PooledWorker>();
  const ready: Promise<PooledWorker>[] = [];
  let closed = false;

  const fresh = async (limits: SandboxLimits): Promise<PooledWorker> => {
    const worker = await start(limits);
    up.add(worker);
    void worker.ended.then(() => up.delete(worker));
    if (closed) worker.terminate();
    return worker;
  };
  /** A failed start is told to whoever takes it, not before. */
  const refill = (): void => {
    while (!closed && ready.length < warm) {
      const next = fresh(usual);
      next.catch(() => undefined);
      ready.push(next);
    }
  };

  return {
    async open({ code, limits }: GuestSource, listener: GuestListener): Promise<Guest> {
      if (closed) throw new OrreryError("SANDBOX_CLOSED", "the sandbox is closed");
      const fits = (["memoryBytes", "sliceMs", "messageBurst", "messagesPerSecond"] as const).every((name) => limits[name] === usual[name]);
      const worker = await ((fits ? ready.shift() : undefined) ?? fresh(limits));
      later(refill);
      worker.load(code, listener);
      return worker;
    },
    workers: () => up.size,
    async close() {
      closed = true;
      const all = [...up];
      for (const worker of all) worker.terminate();
      await Promise.all(all.map(({ ended }) => ended));
    },
  };
}
