import { OrreryError } from "../error.ts";
import type { Guest, GuestListener, GuestSource, Said, SandboxEngine } from "./engine.ts";
import type { SandboxLimits } from "./limits.ts";

/** What is said about a guest that lives elsewhere. `guest` is the number the borrower gave it; everything is plain data. */
export type ToLender = { readonly guest: number } & (
  | { readonly do: "open"; readonly code: string; readonly limits: SandboxLimits }
  | { readonly do: "send"; readonly text: string }
  | { readonly do: "ping"; readonly id: number; readonly ms: number }
  | { readonly do: "end" }
);
export type FromLender = { readonly guest: number } & (
  | { readonly is: "open" }
  | { readonly is: "refused"; readonly code: string; readonly message: string }
  | { readonly is: "message"; readonly said: Said }
  | { readonly is: "fault"; readonly code: Parameters<GuestListener["fault"]>[0]; readonly message: string }
  | { readonly is: "exit" }
  | { readonly is: "pong"; readonly id: number; readonly alive: boolean }
);

/** Lends an engine's guests to a kernel that runs elsewhere. `close` ends those that are still up; the engine stays. */
export function lendGuests(engine: SandboxEngine, say: (message: FromLender) => void): { take(message: ToLender): void; close(): void } {
  const guests = new Map<number, Promise<Guest | undefined>>();
  const open = async (guest: number, source: GuestSource): Promise<Guest | undefined> => {
    try {
      const opened = await engine.open(source, {
        message: (said) => say({ guest, is: "message", said }),
        fault: (code, message) => say({ guest, is: "fault", code, message }),
        exit: () => say({ guest, is: "exit" }),
      });
      say({ guest, is: "open" });
      return opened;
    } catch (thrown) {
      const { code = "SANDBOX_CRASHED", message } = thrown as OrreryError;
      say({ guest, is: "refused", code, message });
      return undefined;
    }
  };
  const end = (guest: number): void => {
    void guests.get(guest)?.then((up) => up?.terminate());
    guests.delete(guest);
  };
  return {
    take(message) {
      const { guest } = message;
      if (message.do === "open") guests.set(guest, open(guest, { code: message.code, limits: message.limits }));
      else if (message.do === "end") end(guest);
      else if (message.do === "send") void guests.get(guest)?.then((up) => up?.send(message.text));
      else void guests.get(guest)?.then(async (up) => say({ guest, is: "pong", id: message.id, alive: (await up?.isAlive(message.ms)) ?? false }));
    },
    close() {
      for (const guest of [...guests.keys()]) end(guest);
    },
  };
}

/** The borrower's end: an engine like any other, whose guests live where `say` leads. */
export interface BorrowedEngine extends SandboxEngine {
  take(message: FromLender): void;
  /** The lender is gone, and every guest with it. */
  lost(): void;
}

export function borrowedEngine(say: (message: ToLender) => void): BorrowedEngine {
  const guests = new Map<number, Borrowed>();
  let next = 1;
  let over = false;
  const lost = (): void => {
    over = true;
    for (const guest of guests.values()) guest.take({ guest: guest.id, is: "exit" });
  };
  return {
    async open(source, listener) {
      if (over) throw new OrreryError("SANDBOX_CLOSED", "the sandbox is closed");
      const guest = new Borrowed(next++, say, listener, () => guests.delete(guest.id));
      guests.set(guest.id, guest);
      say({ guest: guest.id, do: "open", code: source.code, limits: source.limits });
      await guest.up;
      return guest;
    },
    workers: () => guests.size,
    take: (message) => guests.get(message.guest)?.take(message),
    lost,
    async close() {
      over = true;
      for (const guest of [...guests.values()]) guest.terminate();
    },
  };
}

class Borrowed implements Guest {
  readonly id: number;
  /** Settles once it is known whether it could be opened. */
  readonly up: Promise<void>;
  readonly #say: (message: ToLender) => void;
  readonly #listener: GuestListener;
  readonly #gone: () => void;
  readonly #pongs = new Map<number, (alive: boolean) => void>();
  #opened: { resolve(): void; reject(reason: OrreryError): void } | undefined;
  #next = 1;
  #over = false;

  constructor(id: number, say: (message: ToLender) => void, listener: GuestListener, gone: () => void) {
    this.id = id;
    this.#say = say;
    this.#listener = listener;
    this.#gone = gone;
    this.up = new Promise((resolve, reject) => {
      this.#opened = { resolve, reject };
    });
  }

  send(text: string): void {
    if (!this.#over) this.#say({ guest: this.id, do: "send", text });
  }

  isAlive(ms: number): Promise<boolean> {
    if (this.#over) return Promise.resolve(false);
    const id = this.#next++;
    return new Promise((resolve) => {
      this.#pongs.set(id, resolve);
      this.#say({ guest: this.id, do: "ping", id, ms });
    });
  }

  terminate(): void {
    if (this.#over) return;
    this.#say({ guest: this.id, do: "end" });
    this.#end();
  }

  take(message: FromLender): void {
    if (this.#over) return;
    if (message.is === "message") return this.#listener.message(message.said);
    if (message.is === "fault") return this.#listener.fault(message.code, message.message);
    if (message.is === "open") return this.#opened?.resolve();
    if (message.is === "pong") {
      this.#pongs.get(message.id)?.(message.alive);
      this.#pongs.delete(message.id);
      return undefined;
    }
    this.#opened?.reject(
      message.is === "refused" ? new OrreryError(message.code, message.message) : new OrreryError("SANDBOX_CRASHED", "the sandbox ended before it was ready"),
    );
    this.#end();
    if (message.is === "exit") this.#listener.exit();
  }

  #end(): void {
    this.#over = true;
    this.#gone();
    for (const answer of this.#pongs.values()) answer(false);
    this.#pongs.clear();
  }
}
