import type { Guest, GuestListener, Said, SandboxEngine } from "./engine.ts";
import { GuestLink, type LinkClock } from "./guest-link.ts";
import { type SandboxLimits, sandboxLimits } from "./limits.ts";
import type { GuestDescription } from "./message.ts";

/** A plugin's code that has said what it is and waits: nothing of its setup has run. */
export interface GreetedSource {
  readonly description: GuestDescription;
  /** Gives out the guest that was asked, once, and opens others after it: `sandboxedPlugin` takes it for its first life. */
  readonly engine: SandboxEngine;
  /** Ends that guest if nobody took it. */
  drop(): void;
}

/** Asks a plugin's code what it is, in the guest it may go on in. Throws SOURCE_INVALID or SANDBOX_* when it is no plugin. */
export async function greetSource(code: string, engine: SandboxEngine, clock: LinkClock, limits: Partial<SandboxLimits> = {}): Promise<GreetedSource> {
  const all: Said[] = [];
  let guest: Guest | undefined;
  let hearer: GuestListener | undefined;
  let greeted = false;
  const relay: GuestListener = {
    message: (said) => {
      if (!greeted) all.push(said);
      hearer?.message(said);
    },
    fault: (fault, message) => hearer?.fault(fault, message),
    exit: () => hearer?.exit(),
  };
  const asking: SandboxEngine = {
    ...engine,
    async open(source, listener) {
      hearer = listener;
      guest = await engine.open(source, relay);
      return guest;
    },
  };
  // What it says beside its greeting is repeated to whoever takes the guest.
  const silent = { handle: () => undefined, stopped: () => undefined };
  const { link, description } = await GuestLink.open({ code, engine: asking, limits: { ...sandboxLimits, ...limits }, clock, ...silent });
  greeted = true;
  const take = (): Guest | undefined => {
    const kept = link.over ? undefined : guest;
    guest = undefined;
    return kept;
  };
  return {
    description,
    engine: {
      ...engine,
      async open(source, listener) {
        const kept = take();
        if (!kept) return engine.open(source, listener);
        hearer = listener;
        queueMicrotask(() => {
          for (const said of all) listener.message(said);
        });
        return kept;
      },
    },
    drop: () => take()?.terminate(),
  };
}
