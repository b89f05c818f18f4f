import type { Disposer, Kernel, Manifest } from "@orrery/kernel";
import { type AnyPlugin, type Lifecycle, OrreryError } from "@orrery/sdk";
import { type FromGuest, isPlain, messageLimit, type ToGuest } from "./protocol.ts";

export interface GuestLine {
  level: "debug" | "info" | "warn" | "error";
  message: string;
  at: number;
}
export interface GuestOptions {
  /** ms the worker has for its module and, again, for its `setup`. */
  readyMs: number;
  onLog(line: GuestLine): void;
  /** A tap missed its deadline: ask the worker for a sign of life. */
  onSilence(): void;
  now(): number;
}

type Context = Parameters<AnyPlugin["setup"]>[0] & GuestContext;
/** The members of a plugin's context the bridge uses, with hook names as the strings they are on the wire. */
interface GuestContext {
  readonly signal: AbortSignal;
  tap(hook: string, fn: (input: unknown, call: { hook: string; signal: AbortSignal }) => unknown, order?: object): Disposer;
  call(hook: string, input: unknown): Promise<unknown>;
  own(label: string, dispose: Disposer): Disposer;
  readonly plugin: { id: string; version: string };
}

/**
 * Makes a plugin definition whose taps forward over `port` to the worker on its other end.
 * Throws SOURCE_INVALID, GUEST_LIMITS or GUEST_SILENT when no valid plugin says hello there.
 */
export async function guestPlugin(port: MessagePort, kernel: Kernel<Lifecycle>, options: GuestOptions): Promise<AnyPlugin> {
  const say = (message: ToGuest) => port.postMessage(message);
  const link = new GuestLink(port, say, options);
  const manifest = await link.hello();
  const hooks = new Set(kernel.inspect().hooks);
  const setup = async (raw: unknown): Promise<void> => {
    const context = raw as Context;
    await link.setup(context, hooks, kernel);
  };
  return { manifest, setup } as unknown as AnyPlugin;
}

class GuestLink {
  readonly #port: MessagePort;
  readonly #say: (message: ToGuest) => void;
  readonly #options: GuestOptions;
  readonly #replies = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  readonly #taps = new Map<number, Disposer>();
  #handle: (message: FromGuest) => void = () => {};
  #next = 1;

  constructor(port: MessagePort, say: (message: ToGuest) => void, options: GuestOptions) {
    this.#port = port;
    this.#say = say;
    this.#options = options;
    port.onmessage = ({ data }: MessageEvent<FromGuest>) => this.#receive(data);
  }

  hello(): Promise<Manifest> {
    return this.#within("load", (resolve, reject) => {
      this.#handle = (message) => {
        if (message.kind === "hello") resolve(message.manifest);
        if (message.kind === "fault") reject(new OrreryError(message.code, message.message));
      };
    });
  }

  async setup(context: GuestContext, hooks: ReadonlySet<string>, kernel: Kernel<Lifecycle>): Promise<void> {
    context.own("worker", () => this.#close());
    await this.#within<void>("set itself up", (resolve, reject) => {
      this.#handle = (message) => {
        if (message.kind === "ready") resolve();
        if (message.kind === "fault") reject(new OrreryError(message.code, message.message));
        if (message.kind === "tap") {
          try {
            this.#tap(context, hooks, kernel, message);
          } catch (thrown) {
            reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
          }
        }
        if (message.kind === "untap") void this.#taps.get(message.tap)?.();
        if (message.kind === "call") void this.#call(context, message);
      };
      this.#say({ kind: "setup", plugin: { id: context.plugin.id, version: context.plugin.version } });
    });
  }

  #receive(message: FromGuest): void {
    if (message.kind === "log") return this.#options.onLog({ level: message.level, message: String(message.message).slice(0, 4_000), at: this.#options.now() });
    if (message.kind === "reply") {
      const waiting = this.#replies.get(message.call);
      this.#replies.delete(message.call);
      if (message.ok) waiting?.resolve(message.value);
      else waiting?.reject(new OrreryError(message.code, message.message));
      return;
    }
    this.#handle(message);
  }

  #tap(context: GuestContext, hooks: ReadonlySet<string>, kernel: Kernel<Lifecycle>, message: Extract<FromGuest, { kind: "tap" }>): void {
    const { hook, tap, order } = message;
    if (!hooks.has(hook)) throw new OrreryError("HOOK_UNKNOWN", `there is no hook "${hook}"`, { todo: `The hooks are: ${[...hooks].join(", ")}.` });
    const notify = kernel.explain(hook).kind === "notify";
    const forward = (input: unknown, call: { hook: string; signal: AbortSignal }) => this.#forward(tap, hook, input, call.signal);
    const observe = (input: unknown) => this.#say({ kind: "call", call: this.#next++, tap, hook, input });
    this.#taps.set(tap, context.tap(hook, notify ? observe : forward, order));
  }

  #forward(tap: number, hook: string, input: unknown, signal: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const call = this.#next++;
      const stop = () => {
        this.#replies.delete(call);
        this.#say({ kind: "cancel", call });
        this.#options.onSilence();
        reject(new OrreryError("TAP_DEADLINE", `the plugin's worker did not answer ${hook} in time`));
      };
      signal.addEventListener("abort", stop, { once: true });
      const done = () => signal.removeEventListener("abort", stop);
      this.#replies.set(call, {
        resolve: (value) => {
          done();
          if (isPlain(value) && (JSON.stringify(value)?.length ?? 0) <= messageLimit) resolve(value);
          else reject(new OrreryError("TAP_NOT_PLAIN", `the answer to ${hook} is not plain data of at most ${messageLimit} characters`));
        },
        reject: (error) => {
          done();
          reject(error);
        },
      });
      this.#say({ kind: "call", call, tap, hook, input });
    });
  }

  async #call(context: GuestContext, message: Extract<FromGuest, { kind: "call" }>): Promise<void> {
    try {
      if (!isPlain(message.input)) throw new OrreryError("TAP_NOT_PLAIN", "the input is not plain data");
      this.#say({ kind: "reply", call: message.call, ok: true, value: await context.call(message.hook, message.input) });
    } catch (thrown) {
      const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "CALL_FAILED";
      this.#say({ kind: "reply", call: message.call, ok: false, code, message: thrown instanceof Error ? thrown.message : String(thrown) });
    }
  }

  #within<T>(what: string, start: (resolve: (value: T) => void, reject: (error: Error) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#options.onSilence();
        reject(new OrreryError("GUEST_SILENT", `the plugin did not ${what} within ${this.#options.readyMs} ms`, { todo: "Look for an endless loop in it." }));
      }, this.#options.readyMs);
      const ended =
        <A>(then: (value: A) => void) =>
        (value: A) => {
          clearTimeout(timer);
          then(value);
        };
      start(ended(resolve), ended(reject));
    });
  }

  #close(): void {
    this.#say({ kind: "bye" });
    for (const waiting of this.#replies.values()) waiting.reject(new OrreryError("PLUGIN_REVOKED", "the plugin was unloaded"));
    this.#replies.clear();
    this.#taps.clear();
    this.#port.onmessage = null;
    this.#port.close();
  }
}
