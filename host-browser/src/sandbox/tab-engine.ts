import { type PooledWorker, pooledEngine, type RealmSeed, type SandboxEngine, type SandboxLimits, sandboxLimits } from "@orrery/sdk/sandbox";
import { FrameGuest } from "./frame-guest.ts";
import type { Frames } from "./frames.ts";

export interface TabEngineOptions {
  readonly frames: Frames;
  /** Frames kept ready for the next plugin; the first is opened with the first plugin. Default 1. */
  readonly warm?: number;
  /** What warm machines are made with; a plugin with other limits waits for one of its own. */
  readonly limits?: SandboxLimits;
}

/** Guests in workers of frames without an origin: the virtual machine is the first boundary, the frame the second, and removing it ends the worker. */
export function tabSandboxEngine({ frames, warm = 1, limits: usual = sandboxLimits }: TabEngineOptions): SandboxEngine {
  let seed: RealmSeed | undefined;
  let next = 1;
  return pooledEngine({
    warm,
    limits: usual,
    async start(limits) {
      const worker = openFrame(frames, next++, limits);
      const made = await worker.warm(limits, seed);
      seed ??= made;
      return worker;
    },
    later: (work) => void setTimeout(work),
  });
}

function openFrame(frames: Frames, id: number, limits: SandboxLimits): FrameGuest & PooledWorker {
  const { port1: port, port2 } = new MessageChannel();
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = () => {
      frames.close(id);
      port.close();
      resolve();
    };
  });
  const guest = new FrameGuest(
    {
      post: (message) => port.postMessage(message),
      end,
      timer: (ms, fire) => {
        const timer = setTimeout(fire, ms);
        return () => clearTimeout(timer);
      },
    },
    limits,
  );
  port.onmessage = ({ data }: MessageEvent<unknown>) => guest.receive(data);
  frames.open(id, port2);
  return Object.assign(guest, { ended });
}
