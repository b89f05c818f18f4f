import { OrreryError } from "../error.ts";
import type { Guest, GuestListener, Said, SandboxEngine } from "./engine.ts";
import { heardFromGuest, toldToGuest } from "./failure.ts";
import type { SandboxLimits } from "./limits.ts";
import { type Answer, type FromGuest, type GuestDescription, MessageInvalid, readMessage, type ToGuest, writeMessage } from "./message.ts";

/** What the link takes from its host's platform. */
export interface LinkClock {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
export interface LinkOptions {
  readonly code: string;
  readonly engine: SandboxEngine;
  readonly limits: SandboxLimits;
  readonly clock: LinkClock;
  /** What is neither an answer nor part of the start. */
  handle(message: FromGuest): void;
  /** The guest is gone and why; told once, and not when it was closed. */
  stopped(error: OrreryError): void;
}

const maxAbandoned = 1_000;
/** ms an answer may take before the signals of those who wait are looked at: making one costs as much as many an answer. */
const attendMs = 16;
type Waiting = { resolve(value: unknown): void; reject(error: Error): void };
type Body<T> = T extends unknown ? Omit<T, "now"> : never;

/** One life of one guest: reads what it says, keeps what it still owes, and ends it when it breaks a rule or falls silent. */
export class GuestLink {
  readonly #options: LinkOptions;
  readonly #waiting = new Map<number, Waiting>();
  /** Calls given up here whose answer may still come. */
  readonly #abandoned = new Set<number>();
  /** Calls whose signal nobody listens to yet. */
  #unattended: { readonly id: number; readonly call: { readonly signal: AbortSignal } }[] = [];
  #guest: Guest | undefined;
  #next = 1;
  #over: OrreryError | undefined;
  #watching = false;
  /** Goes off with the guest: nothing waits on for one that is gone. */
  readonly #life = new AbortController();
  #heard = 0;
  #starting: ((message: FromGuest | OrreryError) => void) | undefined;

  /** Resolves with the link once the plugin said hello. Throws SOURCE_INVALID, SANDBOX_* as the guest's end had it. */
  static async open(options: LinkOptions): Promise<{ link: GuestLink; description: GuestDescription }> {
    const link = new GuestLink(options);
    const hello = link.#next_("hello", "load");
    const listener: GuestListener = {
      message: (said) => link.#receive(said),
      fault: (code, message) => link.#stop(new OrreryError(code, message)),
      exit: () => link.#stop(new OrreryError("SANDBOX_CRASHED", "the plugin's worker ended")),
    };
    const opened = options.engine.open({ code: options.code, limits: options.limits }, listener).then(
      (guest) => {
        link.#guest = guest;
        if (link.#over) guest.terminate();
      },
      (cause: unknown) =>
        link.#stop(cause instanceof OrreryError ? cause : new OrreryError("SANDBOX_CRASHED", "the plugin's worker could not be started", { cause })),
    );
    // One that is not up in time is not waited for: it keeps no process alive, which would end here without a word.
    const [{ kind: _, ...description }] = (await Promise.all([hello, opened])) as [Extract<FromGuest, { kind: "hello" }>, void];
    return { link, description };
  }

  private constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** Undefined while it lives. */
  get over(): OrreryError | undefined {
    return this.#over;
  }

  /** Runs the plugin's setup. */
  async setUp(message: Body<Extract<ToGuest, { kind: "hello" }>>): Promise<void> {
    const ready = this.#next_("ready", "set itself up");
    this.tell(message);
    await ready;
  }

  /** Throws SANDBOX_MESSAGE_INVALID for what is too large or too deep to go in; nothing was sent then. */
  tell(message: Body<ToGuest>, awaited = false): void {
    if (this.#over) throw this.#over;
    try {
      this.#guest?.send(writeMessage({ ...message, now: this.#options.clock.now() } as ToGuest, this.#options.limits.messageChars), awaited);
    } catch (thrown) {
      if (thrown instanceof MessageInvalid)
        throw new OrreryError("SANDBOX_MESSAGE_INVALID", `what the plugin would be given is ${thrown.message}`, { refusal: true });
      throw thrown;
    }
    void this.#watch();
  }

  /**
   * Sends what is to be answered and resolves with the answer. Throws what the guest threw, or why it ended.
   * `call.signal` gives up waiting, within 16 ms.
   */
  ask(message: (id: number) => Body<ToGuest>, call?: { readonly signal: AbortSignal }): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = this.#next++;
      this.#waiting.set(id, { resolve, reject });
      try {
        const asked = message(id);
        // Nobody is in a hurry to hear that a notice was seen.
        this.tell(asked, asked.kind !== "event");
      } catch (thrown) {
        this.#waiting.delete(id);
        throw thrown;
      }
      if (!call || !this.#waiting.has(id)) return;
      this.#unattended.push({ id, call });
      if (this.#unattended.length === 1) void this.#attend();
    });
  }

  async #attend(): Promise<void> {
    await this.#options.clock.sleep(attendMs, this.#life.signal).catch(() => undefined);
    const calls = this.#unattended;
    this.#unattended = [];
    for (const { id, call } of calls) {
      if (!this.#waiting.has(id)) continue;
      const { signal } = call;
      if (signal.aborted) this.#abandon(id, signal.reason);
      else signal.addEventListener("abort", () => this.#abandon(id, signal.reason), { once: true });
    }
  }

  /** Lets the plugin undo what it did, for as long as `ms`, and ends its worker. */
  async close(ms: number): Promise<void> {
    if (this.#over) return;
    this.#starting?.(new OrreryError("SANDBOX_CLOSED", "the plugin was unloaded while it started"));
    const gone = new Promise<void>((resolve) => {
      this.#starting = () => resolve();
    });
    this.tell({ kind: "bye" });
    const patience = new AbortController();
    await Promise.race([gone, this.#options.clock.sleep(ms, patience.signal).catch(() => undefined)]);
    patience.abort();
    this.#end(new OrreryError("SANDBOX_CLOSED", "the plugin was unloaded"));
  }

  /** Ends the guest for a rule it broke. */
  violate(what: string): void {
    this.#stop(new OrreryError("SANDBOX_VIOLATION", `the plugin broke the bridge's rules: ${what}`));
  }

  #receive(said: Said): void {
    if (this.#over) return;
    this.#heard += 1;
    if (typeof said === "number") return this.#reply({ id: said, ok: true });
    let message: FromGuest;
    try {
      message = readMessage(said, this.#options.limits.messageChars);
    } catch (thrown) {
      return this.violate(thrown instanceof MessageInvalid ? `a message was ${thrown.message}` : "a message could not be read");
    }
    if (message.kind === "reply") return this.#reply(message);
    if (message.kind === "fault" || message.kind === "hello" || message.kind === "ready" || message.kind === "bye") {
      const take = this.#starting;
      if (!take) return this.violate(`a "${message.kind}" nobody waits for`);
      return take(message);
    }
    try {
      this.#options.handle(message);
    } catch (thrown) {
      // What the host refuses must not come up in whatever carried the message: nobody stands there to catch it.
      this.violate(`a "${message.kind}" was refused (${toldToGuest(thrown).code})`);
    }
  }

  #reply(message: Answer): void {
    const waiting = this.#waiting.get(message.id);
    if (!waiting) {
      if (!this.#abandoned.delete(message.id)) this.violate("an answer to what was not asked");
      return;
    }
    this.#waiting.delete(message.id);
    if (message.ok) waiting.resolve(message.value);
    else waiting.reject(heardFromGuest(message));
  }

  #abandon(id: number, reason: unknown): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    this.#abandoned.add(id);
    waiting.reject(reason instanceof Error ? reason : new OrreryError("ABORTED", "the call was given up"));
    // One that answers nothing it was asked is as good as silent.
    if (this.#abandoned.size > maxAbandoned)
      return this.#stop(new OrreryError("SANDBOX_SILENT", `the plugin left ${maxAbandoned} calls that were given up without an answer`));
    if (!this.#over) this.tell({ kind: "abort", id });
  }

  /** The next message of a kind that belongs to the start; a fault, and silence, reject. */
  #next_(kind: "hello" | "ready", what: string): Promise<FromGuest> {
    const { activateMs } = this.#options.limits;
    return new Promise((resolve, reject) => {
      const patience = new AbortController();
      this.#starting = (message) => {
        this.#starting = undefined;
        patience.abort();
        if (message instanceof OrreryError) return reject(message);
        if (message.kind === kind) return resolve(message);
        const error =
          message.kind === "fault" ? heardFromGuest(message) : new OrreryError("SANDBOX_VIOLATION", `the plugin said "${message.kind}" when "${kind}" was due`);
        this.#end(error);
        reject(error);
      };
      const late = (): void =>
        this.#stop(new OrreryError("SANDBOX_SILENT", `the plugin did not ${what} within ${activateMs} ms`, { todo: "Look for an endless loop in it." }));
      this.#options.clock.sleep(activateMs, patience.signal).then(
        () => this.#starting && late(),
        () => undefined,
      );
    });
  }

  /**
   * From whatever was sent last until the worker is seen to be idle: one that says nothing and gives no sign of life is ended, also when no answer is due
   * (what it does after it answered is its business only as long as it comes to an end).
   */
  async #watch(): Promise<void> {
    if (this.#watching) return;
    const { sliceMs, graceMs } = this.#options.limits;
    this.#watching = true;
    while (!this.#over) {
      const heard = this.#heard;
      await this.#options.clock.sleep(sliceMs, this.#life.signal).catch(() => undefined);
      if (this.#over || (this.#heard !== heard && this.#waiting.size > 0)) continue;
      const alive = await this.#guest?.isAlive(graceMs);
      if (alive && this.#waiting.size === 0) break;
      if (!alive && !this.#over && this.#heard === heard)
        this.#stop(new OrreryError("SANDBOX_SILENT", `the plugin's worker gave no sign of life for ${sliceMs + graceMs} ms and was ended`));
    }
    this.#watching = false;
  }

  #stop(error: OrreryError): void {
    if (this.#over) return;
    this.#end(error);
    this.#options.stopped(error);
  }

  #end(error: OrreryError): void {
    if (this.#over) return;
    this.#over = error;
    this.#life.abort(error);
    this.#guest?.terminate();
    const starting = this.#starting;
    this.#starting = undefined;
    starting?.(error);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    this.#abandoned.clear();
  }
}
