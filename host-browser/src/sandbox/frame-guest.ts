import { OrreryError } from "@orrery/sdk/error";
import {
  floodWords,
  type FromWorker,
  gathered,
  type Guest,
  type GuestListener,
  Inflow,
  type RealmSeed,
  type SandboxLimits,
  type ToWorker,
} from "@orrery/sdk/sandbox";

/** What the engine says to a guest's worker: what its machine is made of is in the frame already. */
export type ToFrame = Exclude<ToWorker, { do: "warm" }> | { readonly do: "warm"; readonly limits: SandboxLimits; readonly seed: RealmSeed | undefined };

/** How a guest's worker is reached. */
export interface FrameCarrier {
  post(message: ToFrame): void;
  /** Ends the worker, whatever it is doing. */
  end(): void;
  /** Calls `fire` after `ms`, unless the function it gives back was called. */
  timer(ms: number, fire: () => void): () => void;
}

/** ms a worker has until it is warm: one that never answers must not be waited for without end. */
const warmMs = 30_000;
const faults: readonly string[] = ["SANDBOX_INTERRUPTED", "SANDBOX_MEMORY", "SANDBOX_FLOOD", "SOURCE_INVALID", "SANDBOX_CRASHED"];

/** The host's half of one guest's worker. What comes from there is checked: the machine in it may be broken, and the worker with it. */
export class FrameGuest implements Guest {
  readonly #carrier: FrameCarrier;
  readonly #inflow: Inflow;
  readonly #pongs = new Map<number, (alive: boolean) => void>();
  #listener: GuestListener | undefined;
  #onWarm: ((seed: RealmSeed | undefined, failure?: OrreryError) => void) | undefined;
  #next = 1;
  #over = false;

  constructor(carrier: FrameCarrier, limits: SandboxLimits) {
    this.#carrier = carrier;
    this.#inflow = new Inflow(limits, gathered);
  }

  /** Resolves when the machine is up, without a plugin, with a seed for the next one if it was made without. Throws SANDBOX_CRASHED; the worker is ended then. */
  async warm(limits: SandboxLimits, seed?: RealmSeed): Promise<RealmSeed | undefined> {
    let patience: (() => void) | undefined;
    try {
      return await new Promise((resolve, reject) => {
        this.#onWarm = (made, failure) => (failure ? reject(failure) : resolve(made));
        patience = this.#carrier.timer(warmMs, () => reject(new OrreryError("SANDBOX_CRASHED", `the sandbox was not up after ${warmMs} ms`)));
        this.#post({ do: "warm", limits, seed });
      });
    } catch (thrown) {
      this.terminate();
      throw thrown;
    } finally {
      patience?.();
      this.#onWarm = undefined;
    }
  }

  load(code: string, listener: GuestListener): void {
    this.#listener = listener;
    if (this.#over) return listener.exit();
    this.#post({ do: "load", code });
  }

  send(text: string): void {
    this.#post(text);
  }

  isAlive(ms: number): Promise<boolean> {
    const id = this.#next++;
    return new Promise((resolve) => {
      const cancel = this.#carrier.timer(ms, () => {
        this.#pongs.delete(id);
        resolve(false);
      });
      this.#pongs.set(id, (alive) => {
        cancel();
        resolve(alive);
      });
      this.#post({ do: "ping", id });
    });
  }

  terminate(): void {
    if (this.#over) return;
    this.#end();
    this.#carrier.end();
  }

  /** Takes what the worker sent. What is none of its words is let fall. */
  receive(sent: unknown): void {
    if (this.#over) return;
    if (!this.#inflow.admits(sent)) return this.#flooded();
    if (typeof sent === "string" || typeof sent === "number") return this.#listener?.message(sent);
    if (typeof sent !== "object" || sent === null) return;
    const { is, id, code, message, seed } = sent as { readonly [name: string]: unknown };
    // No plugin was in it yet: what it says then is still its own.
    if (is === "warm") return this.#onWarm?.(seed as RealmSeed | undefined);
    if (is === "pong" && typeof id === "number") {
      this.#pongs.get(id)?.(true);
      this.#pongs.delete(id);
    }
    if (is === "fault" && typeof code === "string" && faults.includes(code))
      this.#fault(code as Extract<FromWorker, { is: "fault" }>["code"], typeof message === "string" ? message.slice(0, 2_000) : "no reason was given");
  }

  /** The worker ended without having been told to. */
  gone(): void {
    const listener = this.#listener;
    this.#end();
    this.#onWarm?.(undefined, new OrreryError("SANDBOX_CRASHED", "the sandbox's worker ended before it was ready"));
    listener?.exit();
  }

  #flooded(): void {
    const listener = this.#listener;
    this.terminate();
    listener?.fault("SANDBOX_FLOOD", floodWords);
  }

  #end(): void {
    this.#over = true;
    this.#listener = undefined;
    for (const answer of this.#pongs.values()) answer(false);
    this.#pongs.clear();
  }

  #post(message: ToFrame): void {
    if (!this.#over) this.#carrier.post(message);
  }

  #fault(code: Extract<FromWorker, { is: "fault" }>["code"], message: string): void {
    if (this.#listener) this.#listener.fault(code, message);
    else this.#onWarm?.(undefined, new OrreryError(code, message));
  }
}
