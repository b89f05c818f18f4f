import type { Disposer, PluginContext, TapOrder, Token } from "@orrery/kernel";
import type { AnyPlugin } from "../define-plugin.ts";
import { OrreryError } from "../error.ts";
import { admitted } from "../hook-capability.ts";
import { type Lifecycle, lifecycle } from "../lifecycle.ts";
import { type Crosser, cross, isMethodName, methodsOf } from "./crossings.ts";
import type { SandboxEngine } from "./engine.ts";
import { toldToGuest } from "./failure.ts";
import { filterProblem, matches, type TapFilter } from "./filter.ts";
import { GuestLink } from "./guest-link.ts";
import { type SandboxLimits, sandboxLimits } from "./limits.ts";
import type { FromGuest } from "./message.ts";
import { Notices } from "./notices.ts";
import { mismatch, type SandboxManifest } from "./sandbox-manifest.ts";

export interface SandboxedPluginOptions {
  readonly manifest: SandboxManifest;
  /** One ES module. */
  readonly code: string;
  readonly engine: SandboxEngine;
  readonly limits?: Partial<SandboxLimits>;
  /** Its worker was ended: what for, and whether it is started again. A quarantined one stays down until it is installed anew. */
  onStopped?(stop: { readonly plugin: string; readonly code: string; readonly message: string; readonly quarantined: boolean }): void;
}

/** The kernel's context with hook names as the strings they are on the wire. */
interface Context extends Omit<PluginContext<Lifecycle>, "tap" | "call" | "session" | "when" | "provide"> {
  tap(hook: string, fn: (input: unknown, call: { readonly signal: AbortSignal }) => unknown, order?: TapOrder): Disposer;
  call(hook: string, input: unknown, options?: object): unknown;
  session(label: string): { call(hook: string, input: unknown, options?: object): unknown; close(): void };
  when(tokens: { readonly [name: string]: Token<unknown> }, open: (context: Context) => void): Disposer;
  provide(token: Token<unknown>, service: object): Disposer;
}

/** Hooks a stranger's plugin may tap and not call: what they do is paid for, or decided, by the runner on somebody's behalf. */
const notToBeCalled = ["model.call", "tool.call", "budget.reserve", "task.submit", "tool.guard", "ui.view"];
const forgetCrashesMs = 600_000;
/** ms it may take to say goodbye: less than the kernel gives whatever undoes an effect. */
const byeMs = 1_000;

/**
 * A definition to install with tier `community`: its code runs in a guest of `engine`, and everything it does crosses the bridge, checked.
 * The plugin's own file is unchanged. Its setup fails with SOURCE_INVALID, MANIFEST_MISMATCH, CONFIG_INVALID or SANDBOX_*.
 */
export function sandboxedPlugin(options: SandboxedPluginOptions): AnyPlugin {
  const { hooks: _, requires, provides, ...manifest } = options.manifest;
  const tokens = Object.fromEntries(Object.entries(requires).map(([name, id]) => [name, { id } as Token<unknown>]));
  return {
    manifest,
    requires: tokens,
    provides: provides.map((id) => ({ id }) as Token<unknown>),
    setup: async (context: unknown) => {
      const session = new SandboxSession(context as Context, options);
      (context as Context).own("sandbox", () => session.close());
      await session.start();
    },
  } as unknown as AnyPlugin;
}

/** One tap of the plugin, kept over its lives: `guestId` is what the present one calls it. */
interface Slot {
  readonly hook: string;
  readonly order: string;
  readonly filter: TapFilter | undefined;
  guestId: number | undefined;
  dispose: Disposer;
}

class SandboxSession implements Crosser {
  readonly id: string;
  readonly capabilities: readonly string[];
  readonly storageChars: number;
  readonly answerChars: number;
  readonly #context: Context;
  readonly #options: SandboxedPluginOptions;
  readonly #limits: SandboxLimits;
  readonly #slots = new Set<Slot>();
  readonly #offers = new Map<string, Disposer>();
  readonly #whens = new Map<number, Disposer>();
  readonly #sessions = new Map<number, ReturnType<Context["session"]>>();
  readonly #notices = new Notices(
    async (taps) => (await this.#alive()).ask((id) => ({ kind: "event", id, taps })),
    (count, why) => this.#context.log.warn(`${this.id} was not told of ${count} events`, { code: why === undefined ? "SANDBOX_BUSY" : toldToGuest(why).code }),
  );
  /** Ends with the guest, which may still wait while it undoes what it did: the context's own signal has gone off by then. */
  #life = new AbortController();
  #link: GuestLink | undefined;
  #restart: Promise<void> | undefined;
  #crashes: number[] = [];
  #quarantined: OrreryError | undefined;
  #closed = false;
  #calls = 0;

  constructor(context: Context, options: SandboxedPluginOptions) {
    this.#context = context;
    this.#options = options;
    this.#limits = { ...sandboxLimits, ...options.limits };
    this.id = context.plugin.id;
    this.capabilities = (options.manifest.capabilities ?? []).map((each) => (typeof each === "string" ? each : each.name));
    this.storageChars = this.#limits.storageChars;
    this.answerChars = this.#limits.messageChars / 2;
  }

  can(capability: string): boolean {
    return this.#context.can(capability);
  }

  require(capability: string): void {
    this.#context.require(capability);
  }

  async start(): Promise<void> {
    const { code, engine, manifest } = this.#options;
    const { clock, random, use, config, plugin } = this.#context;
    const { link, description } = await GuestLink.open({
      code,
      engine,
      limits: this.#limits,
      clock,
      handle: (message) => this.#handle(message),
      stopped: (error) => this.#stopped(error),
    });
    this.#link = link;
    const differs = mismatch(manifest, description);
    if (differs || this.#closed) {
      await link.close(0);
      throw differs ? new OrreryError("MANIFEST_MISMATCH", `the code of ${this.id} is not what its manifest says: ${differs}`) : this.#unloaded();
    }
    const granted = this.capabilities.filter((capability) => this.#context.can(capability));
    const services = Object.entries(manifest.requires).map(([name, token]) => [
      name,
      { token, methods: methodsOf(token, (use as { [name: string]: unknown })[name]) },
    ]);
    await link.setUp({
      kind: "hello",
      plugin,
      config: config ?? null,
      use: Object.fromEntries(services),
      found: this.#found(),
      granted,
      seed: Math.floor(random.next() * 0x1_0000_0000),
    });
    // What the earlier life had tapped and this one has not.
    for (const slot of this.#slots) if (slot.guestId === undefined) this.#untap(slot);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#link?.close(byeMs);
    this.#life.abort(this.#unloaded());
    this.#slots.clear();
  }

  #unloaded(): OrreryError {
    return new OrreryError("SANDBOX_CLOSED", `${this.id} was unloaded`);
  }

  /** The guest that answers now; started again when it was ended and its time has come. */
  async #alive(): Promise<GuestLink> {
    if (this.#quarantined) throw this.#quarantined;
    if (this.#closed) throw this.#unloaded();
    if (!this.#link || this.#link.over) {
      this.#restart ??= this.#again().finally(() => {
        this.#restart = undefined;
      });
      await this.#restart;
    }
    if (!this.#link || this.#link.over) throw this.#link?.over ?? this.#unloaded();
    return this.#link;
  }

  async #again(): Promise<void> {
    await this.#context.clock.sleep(this.#limits.restartMs * 2 ** (this.#crashes.length - 1), this.#context.signal);
    for (const slot of this.#slots) slot.guestId = undefined;
    await this.#releaseLife();
    await this.start();
  }

  /** What belonged to the guest that ended; its taps are kept for the next one. */
  async #releaseLife(): Promise<void> {
    const ended = [...this.#offers.values(), ...this.#whens.values(), ...[...this.#sessions.values()].map((session) => () => session.close())];
    this.#offers.clear();
    this.#whens.clear();
    this.#sessions.clear();
    this.#life.abort(new OrreryError("SANDBOX_CLOSED", "the machine that waited was ended"));
    this.#life = new AbortController();
    for (const dispose of ended) await dispose();
  }

  /** Undoes without being waited for; what fails is told, and comes up nowhere else. */
  #undo(dispose: Disposer | undefined): void {
    const failed = (thrown: unknown): void => this.#context.log.warn(`something of ${this.id} could not be undone`, { code: toldToGuest(thrown).code });
    void (async () => dispose?.())().catch(failed);
  }

  #stopped(error: OrreryError): void {
    if (this.#closed) return;
    const now = this.#context.clock.now();
    this.#crashes = [...this.#crashes.filter((at) => now - at < forgetCrashesMs), now];
    const quarantined = this.#crashes.length >= this.#limits.crashes;
    if (quarantined) {
      this.#quarantined = new OrreryError("SANDBOX_QUARANTINED", `${this.id} was ended ${this.#crashes.length} times, last because: ${error.message}`, {
        todo: "Report it to its author; install it anew to try again.",
      });
      void this.#releaseLife().catch(() => undefined);
    }
    this.#context.log.warn(`${this.id} was ended: ${error.message}`, { code: error.code, quarantined });
    this.#options.onStopped?.({ plugin: this.id, code: error.code, message: error.message, quarantined });
  }

  #handle(message: FromGuest): void {
    switch (message.kind) {
      case "tap":
        return this.#tap(message);
      case "untap": {
        const slot = [...this.#slots].find(({ guestId }) => guestId === message.id);
        return slot ? this.#untap(slot) : this.#link?.violate("a tap that is not there was taken back");
      }
      case "service":
        return this.#offer(message.token, message.methods);
      case "when":
        return this.#when(message.id, message.tokens);
      case "call":
        return void this.#call(message);
      case "denied":
        try {
          return this.#context.require(message.capability.slice(0, 200));
        } catch {
          // Recorded: that is all that was wanted.
          return;
        }
      case "log":
        return this.#context.log[message.level](message.message.slice(0, 4_000), message.data as never);
    }
  }

  #tap({ id, hook, order }: Extract<FromGuest, { kind: "tap" }>): void {
    if (!Object.hasOwn(lifecycle, hook)) return this.#link?.violate(`there is no hook "${hook.slice(0, 80)}"`);
    if (!this.#options.manifest.hooks.includes(hook)) return this.#link?.violate(`it taps ${hook.slice(0, 80)}, which its manifest does not name`);
    const { filter, ...rest } = order ?? {};
    const problem = filter === undefined ? undefined : filterProblem(filter);
    if (problem) return this.#link?.violate(problem);
    const key = JSON.stringify([rest, filter ?? null]);
    const again = [...this.#slots].find((slot) => slot.guestId === undefined && slot.hook === hook && slot.order === key);
    if (again) {
      again.guestId = id;
      return;
    }
    if (this.#slots.size >= 256) return this.#link?.violate("more than 256 taps");
    const slot: Slot = { hook, order: key, filter: filter as TapFilter | undefined, guestId: id, dispose: () => undefined };
    const tells = (lifecycle as { readonly [hook: string]: { readonly kind: string } | undefined })[hook]?.kind === "notify";
    const forward = tells
      ? (input: unknown) => this.#notify(slot, input)
      : (input: unknown, call: { readonly signal: AbortSignal }) => this.#forward(slot, input, call);
    try {
      slot.dispose = this.#context.tap(hook, admitted(hook, forward, this.#context), rest);
    } catch (thrown) {
      return this.#link?.violate(thrown instanceof Error ? thrown.message : "a tap was refused");
    }
    this.#slots.add(slot);
  }

  #untap(slot: Slot): void {
    this.#slots.delete(slot);
    this.#undo(slot.dispose);
  }

  #forward(slot: Slot, input: unknown, call: { readonly signal: AbortSignal }): unknown {
    if (slot.filter && !matches(slot.filter, input)) return undefined;
    const link = this.#link;
    if (link && !link.over) return this.#asked(link, slot, input, call);
    return this.#alive().then((started) => this.#asked(started, slot, input, call));
  }

  #asked(link: GuestLink, slot: Slot, input: unknown, call: { readonly signal: AbortSignal }): Promise<unknown> | undefined {
    const tap = slot.guestId;
    if (tap === undefined) return undefined;
    return link.ask((id) => ({ kind: "call", id, tap, input }), call);
  }

  #notify(slot: Slot, input: unknown): void {
    if (slot.filter && !matches(slot.filter, input)) return;
    this.#notices.add({ tap: () => slot.guestId, input });
  }

  #offer(token: string, methods: readonly string[] | undefined): void {
    const dispose = this.#offers.get(token);
    this.#offers.delete(token);
    if (methods === undefined) return this.#undo(dispose);
    if (!this.#options.manifest.provides.includes(token)) return this.#link?.violate(`it provides ${token.slice(0, 80)}, which its manifest does not name`);
    if (dispose) return this.#link?.violate(`it provides ${token} twice`);
    const link = this.#link;
    const wrong = methods.find((name) => !isMethodName(name));
    if (wrong !== undefined || methods.length > 100) return link?.violate("a service has a method that cannot be called from outside");
    const service = Object.fromEntries(
      methods.map((method) => [method, async (...args: unknown[]) => (await this.#alive()).ask((id) => ({ kind: "service", id, token, method, args }))]),
    );
    try {
      this.#offers.set(token, this.#context.provide({ id: token } as Token<unknown>, Object.freeze(service)));
    } catch (thrown) {
      link?.violate(thrown instanceof Error ? thrown.message : "a service was refused");
    }
  }

  #when(id: number, tokens: { readonly [name: string]: string }): void {
    if (this.#whens.size >= 64 || this.#whens.has(id)) return this.#link?.violate("too many parts that wait for services");
    const wanted = Object.fromEntries(Object.entries(tokens).map(([name, token]) => [name, { id: token } as Token<unknown>]));
    const tell = (use?: { [name: string]: { token: string; methods: readonly string[] } }): void => {
      if (this.#link && !this.#link.over) this.#link.tell({ kind: "when", id, ...(use ? { use } : {}) });
    };
    const open = (context: Context): void => {
      const there = context.use as { [name: string]: unknown };
      tell(Object.fromEntries(Object.entries(tokens).map(([name, token]) => [name, { token, methods: methodsOf(token, there[name]) }])));
      context.own("told the sandbox", () => tell());
    };
    this.#whens.set(id, this.#context.when(wanted, open));
  }

  #found(): { [token: string]: readonly string[] } {
    const wanted = this.capabilities.filter((capability) => capability.startsWith("service.find:") && this.can(capability));
    const ids = wanted.flatMap((capability) => {
      const pattern = capability.slice("service.find:".length);
      if (!pattern.includes("*")) return [pattern];
      // Patterns are looked up by what stands before their first star: the kernel's own question has that form.
      return pattern.endsWith("*") && pattern.indexOf("*") === pattern.length - 1 ? this.#context.services(pattern.slice(0, -1)) : [];
    });
    return Object.fromEntries(
      ids.flatMap((id) => {
        const service = this.#context.find({ id } as Token<unknown>);
        return service === undefined ? [] : [[id, methodsOf(id, service)]];
      }),
    );
  }

  async #call({ id, target, name, args }: Extract<FromGuest, { kind: "call" }>): Promise<void> {
    const link = this.#link;
    if (!link) return;
    try {
      if (this.#calls >= this.#limits.pendingCalls) throw new OrreryError("SANDBOX_CALLS", `more than ${this.#limits.pendingCalls} calls are unanswered`);
      this.#calls += 1;
      try {
        const value = await this.#perform(target, name, args);
        if (!link.over) link.tell({ kind: "reply", id, ok: true, ...(value === undefined ? {} : { value }) });
      } finally {
        this.#calls -= 1;
      }
    } catch (thrown) {
      const told = toldToGuest(thrown);
      if (told.code === "HOST_FAILED")
        this.#context.log.error(`${target} ${name} failed for ${this.id}`, { message: thrown instanceof Error ? thrown.message : String(thrown) });
      if (!link.over) link.tell({ kind: "reply", id, ok: false, ...told });
    }
  }

  async #perform(target: string, name: string, args: readonly unknown[]): Promise<unknown> {
    if (target === "hook") return this.#hook((hook, input, options) => this.#context.call(hook, input, options), name, args[0], args[1]);
    if (target === "clock") return this.#context.clock.sleep(Math.min(Math.max(0, Number(args[0]) || 0), 3_600_000), this.#life.signal);
    if (target === "find") return this.#link?.tell({ kind: "found", services: this.#found() });
    if (target === "session") return this.#session(name, args);
    if (target.startsWith("service ")) {
      const token = target.slice("service ".length);
      const named = Object.entries(this.#options.manifest.requires).find(([, id]) => id === token)?.[0];
      // One it did not require is one it waits for, or looked up.
      const service = named === undefined ? this.#context.find({ id: token } as Token<unknown>) : (this.#context.use as { [name: string]: unknown })[named];
      return cross(token, service, name, args, this);
    }
    throw new OrreryError("SANDBOX_MESSAGE_INVALID", "there is no such call");
  }

  #hook(call: (hook: string, input: unknown, options?: object) => unknown, hook: string, input: unknown, deadlineMs: unknown): unknown {
    if (notToBeCalled.includes(hook)) {
      try {
        this.#context.require(`hook.call:${hook} (not for plugins in a sandbox)`);
      } catch (thrown) {
        throw new OrreryError("CAPABILITY_DENIED", `${hook} is called by the runner alone`, { cause: thrown });
      }
    }
    return call(hook, this.#signed(input), typeof deadlineMs === "number" ? { deadlineMs } : {});
  }

  /** Whatever says on whose decision it happens says this plugin's name. */
  #signed(input: unknown): unknown {
    if (typeof input !== "object" || input === null || !Object.hasOwn(input, "origin")) return input;
    const { origin } = input as { origin: unknown };
    return { ...input, origin: { ...(typeof origin === "object" ? origin : {}), plugin: this.id } };
  }

  #session(name: string, [id, ...args]: readonly unknown[]): unknown {
    const key = Number(id);
    const session = this.#sessions.get(key);
    if (name === "open" && !session && this.#sessions.size < 64) return void this.#sessions.set(key, this.#context.session(String(args[0]).slice(0, 200)));
    if (name === "close") {
      session?.close();
      return void this.#sessions.delete(key);
    }
    if (name !== "call" || !session) throw new OrreryError("SANDBOX_MESSAGE_INVALID", "there is no such session");
    return this.#hook((hook, input, options) => session.call(hook, input, options), String(args[0]), args[1], args[2]);
  }
}
