import type { SandboxLimits } from "./limits.ts";

/** One guest: a virtual machine in a worker of its own. Nothing that comes out of it is to be trusted. */
export interface Guest {
  /** `awaited`: it is to be answered. An engine may then deliver the answer before this returns, where that costs its host next to nothing. */
  send(text: string, awaited?: boolean): void;
  /** Asks the worker, not the plugin, for a sign of life. False when none came within `ms`. */
  isAlive(ms: number): Promise<boolean>;
  /** Ends the worker, whatever it is doing. Idempotent. */
  terminate(): void;
}

/** What a plugin sends: a text, or the id alone of what it answers with nothing. Unchecked. */
export type Said = string | number;

export interface GuestListener {
  message(said: Said): void;
  /** The worker's own word on the plugin: interrupted, out of memory, flooding. What it was doing got no answer. */
  fault(code: "SANDBOX_INTERRUPTED" | "SANDBOX_MEMORY" | "SANDBOX_FLOOD" | "SOURCE_INVALID" | "SANDBOX_CRASHED", message: string): void;
  /** The worker is gone without having been told to. */
  exit(): void;
}

export interface GuestSource {
  /** One ES module; the only import it may have is "@orrery/sdk". */
  readonly code: string;
  readonly limits: SandboxLimits;
}

/** Starts guests. A host has one; it may keep workers warm. */
export interface SandboxEngine {
  /** Resolves when the worker is up and has the plugin's code; its `hello` comes as its first message. */
  open(source: GuestSource, listener: GuestListener): Promise<Guest>;
  /** Workers that are up now, warm ones included. */
  workers(): number;
  close(): Promise<void>;
}
