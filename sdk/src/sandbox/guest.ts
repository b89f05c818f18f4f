/* This function's text is evaluated inside the virtual machine: it may refer to nothing outside itself, and lives with what QuickJS has. Over 400 lines because of that. */

interface Entry {
  /** A message of the host's; `text` is JSON. Hands back what is to be sent where the answer is there at once: that spares a call out of the machine. */
  receive(text: string): Answer;
  /** The plugin's module, once evaluated. */
  accept(plugin: unknown): void;
}
/** A message, the id of what is answered with nothing, or not yet. */
type Answer = string | number | undefined;
/** By place, not by name: see writeMessage. */
type TapCall = [id: number, now: number, tap: number, input: unknown];
type Fields = { [key: string]: unknown };
type Methods = readonly string[];
type Waiting = { resolve(value: unknown): void; reject(error: unknown): void };
type Tap = (input: unknown, call: { hook: string; signal: unknown }) => unknown;
type Plugin = {
  manifest: Fields;
  requires?: { [name: string]: { id: string } };
  provides?: readonly { id: string }[];
  config?: { "~standard": { validate(value: unknown): unknown } };
  setup(context: unknown): unknown;
};

/** The guest's half of the bridge: a plugin's context whose every member is a message. Hands back what the worker calls. */
export function guest(send: (text: string) => void): Entry {
  // Taken before any code of the plugin runs: what it does to them later is its own affair, and changes no message.
  const { parse, stringify } = JSON;
  const { isArray } = Array;
  const { keys, entries, fromEntries, freeze, defineProperty, create } = Object;
  const tell = (message: Fields): void => send(stringify(message));

  let now = 0;
  let state = 1;
  // mulberry32: 32 bits of state are enough for a plugin's dice; ids get their uniqueness from the clock as well.
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  defineProperty(Math, "random", { value: random });

  class GuestError extends Error {
    readonly code: string;
    constructor(code: string, message: string) {
      super(message);
      this.name = "OrreryError";
      this.code = code;
    }
  }

  class Signal {
    aborted = false;
    reason: unknown = undefined;
    onabort: ((event: unknown) => void) | null = null;
    #listeners = new Set<(event: unknown) => void>();
    addEventListener(type: string, listener: ((event: unknown) => void) | { handleEvent(event: unknown): void }): void {
      if (type === "abort") this.#listeners.add(typeof listener === "function" ? listener : (event) => listener.handleEvent(event));
    }
    removeEventListener(_type: string, listener: (event: unknown) => void): void {
      this.#listeners.delete(listener);
    }
    throwIfAborted(): void {
      if (this.aborted) throw this.reason;
    }
    static fire(signal: Signal, reason: unknown): void {
      if (signal.aborted) return;
      signal.aborted = true;
      signal.reason = reason;
      const event = { type: "abort", target: signal };
      const heard = [...signal.#listeners];
      signal.#listeners.clear();
      for (const listener of signal.onabort ? [signal.onabort, ...heard] : heard) {
        try {
          listener(event);
        } catch {
          // One listener's failure is not the others'.
        }
      }
    }
  }
  class Controller {
    readonly signal = new Signal();
    abort(reason: unknown = new GuestError("ABORTED", "aborted")): void {
      Signal.fire(this.signal, reason);
    }
  }

  const failure = (thrown: unknown): { code: string; message: string } => {
    try {
      const error = thrown as { code?: unknown; message?: unknown };
      const code = typeof error?.code === "string" && /^[A-Z][A-Z0-9_]{1,60}$/.test(error.code) ? error.code : "TAP_THREW";
      return { code, message: `${typeof error?.message === "string" ? error.message : String(thrown)}`.slice(0, 2_000) };
    } catch {
      return { code: "TAP_THREW", message: "threw something that cannot be described" };
    }
  };

  const life = new Controller();
  const taps = new Map<number, { hook: string; fn: Tap }>();
  const running = new Map<number, () => void>();
  const waiting = new Map<number, Waiting>();
  const offered = new Map<string, Fields>();
  const whens = new Map<number, { open(context: unknown): unknown; scope: (() => unknown)[] | undefined }>();
  const undo: (() => unknown)[] = [];
  let found: { [token: string]: Methods } = {};
  let granted: readonly string[] = [];
  let plugin: Plugin | undefined;
  let next = 1;

  /** Asks the host; `signal` gives up waiting, here and there. */
  const ask = (target: string, name: string, args: readonly unknown[], signal?: Signal): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const id = next++;
      waiting.set(id, { resolve, reject });
      tell({ kind: "call", id, target, name, args });
      signal?.addEventListener("abort", () => {
        if (waiting.delete(id)) reject(signal.reason);
      });
    });
  const serviceOf = (token: string, methods: Methods): unknown => {
    const calls = (prefix: string, names: Methods) =>
      fromEntries(names.map((method) => [method, (...args: unknown[]) => ask(`service ${token}`, method, prefix ? [prefix, ...args] : args)]));
    if (token === "orrery.storage@1")
      return freeze({ open: (namespace: unknown) => freeze(calls(`${namespace}`, ["get", "set", "delete", "list", "increment", "getBytes", "setBytes"])) });
    if (token === "orrery.egress@1") {
      return freeze({
        fetch: async (url: unknown, init: Fields = {}, options: Fields = {}) => {
          const { signal, ...plain } = init;
          const answer = (await ask(`service ${token}`, "fetch", [`${url}`, plain, options], signal as Signal | undefined)) as Fields;
          const text = answer["text"] as string;
          const headers = answer["headers"] as { [name: string]: string };
          const about = {
            status: answer["status"],
            ok: answer["ok"],
            url: answer["url"],
            headers: { get: (name: string) => headers[name.toLowerCase()] ?? null },
          };
          return freeze({ ...about, text: async () => text, json: async () => parse(text) as unknown });
        },
      });
    }
    return freeze(calls("", methods));
  };
  const usable = (services: { [name: string]: { token: string; methods: Methods } }) =>
    freeze(fromEntries(entries(services).map(([name, { token, methods }]) => [name, serviceOf(token, methods)])));

  // The kernel's own rule once more, for an answer at once: nothing is decided here, the host asks again at each crossing.
  const covers = (have: string, needed: string): boolean => {
    if (have === needed) return true;
    const star = have.indexOf("*");
    const colon = have.indexOf(":");
    if (colon < 0 || star < colon || !needed.startsWith(have.slice(0, colon + 1))) return false;
    const pattern = have.slice(colon + 1).replace(/[^*]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
    return new RegExp(`^${pattern.replace(/\*+/g, ".*")}$`, "s").test(needed.slice(colon + 1));
  };
  const can = (capability: string): boolean => granted.some((have) => covers(have, capability));

  const log = (level: string) => (message: unknown, data?: unknown) => tell({ kind: "log", level, message: `${message}`.slice(0, 4_000), data });
  const logs = freeze({ debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") });
  /** Says where in the plugin's file it was thrown, apart from its message: that is the same in every realm. */
  const locate = (thrown: unknown): void => {
    try {
      const [at] = /plugin\.js:\d+:\d+/.exec(`${(thrown as { stack?: unknown })?.stack}`) ?? [];
      if (at) log("debug")(failure(thrown).message, { at });
    } catch {
      // Its stack cannot be read: then nobody is told the place.
    }
  };
  const clock = freeze({
    now: () => now,
    elapsed: () => now,
    sleep: (ms: number, signal?: Signal) => ask("clock", "sleep", [ms], signal),
  });
  const dice = freeze({
    next: random,
    id: (prefix: string) => `${prefix}_${now.toString(36).padStart(9, "0")}${random().toString(36).slice(2, 12).padEnd(10, "0")}`,
  });

  /** What `setup`, and each `when` of it, is handed. What is made through it is undone with `scope`. */
  const contextOf = (base: Fields, use: unknown, scope: (() => unknown)[]): Fields => {
    const own = (_label: string, dispose: () => unknown) => {
      scope.push(dispose);
      return dispose;
    };
    const effect = (register: () => () => void) => {
      const back = register();
      let done = false;
      return own("", () => {
        if (done) return;
        done = true;
        back();
      });
    };
    const context: Fields = {
      ...base,
      use,
      own,
      tap: (hook: string, fn: Tap, order?: Fields) =>
        effect(() => {
          if (typeof fn !== "function") throw new GuestError("TAP_INVALID", `${hook} is tapped with ${typeof fn}`);
          const id = next++;
          taps.set(id, { hook, fn });
          tell({ kind: "tap", id, hook, order });
          return () => {
            if (taps.delete(id)) tell({ kind: "untap", id });
          };
        }),
      provide: ({ id }: { id: string }, service: Fields) =>
        effect(() => {
          const names = new Set(keys(service));
          for (
            let proto = Object.getPrototypeOf(service) as object | null;
            proto && proto !== Object.prototype;
            proto = Object.getPrototypeOf(proto) as object | null
          )
            for (const name of Object.getOwnPropertyNames(proto)) if (name !== "constructor") names.add(name);
          const methods = [...names].filter((name) => typeof service[name] === "function");
          offered.set(id, service);
          tell({ kind: "service", token: id, methods });
          return () => {
            if (offered.delete(id)) tell({ kind: "service", token: id });
          };
        }),
      when: (tokens: { [name: string]: { id: string } }, open: (context: unknown) => unknown) =>
        effect(() => {
          const id = next++;
          whens.set(id, {
            open: (more) => open(contextOf(base, freeze({ ...(use as Fields), ...(more as Fields) }), whens.get(id)?.scope ?? [])),
            scope: undefined,
          });
          tell({ kind: "when", id, tokens: fromEntries(entries(tokens).map(([name, token]) => [name, token.id])) });
          return () => {
            const closing = whens.get(id)?.scope;
            whens.delete(id);
            if (closing) void close(closing);
          };
        }),
      call: (hook: string, input: unknown, options: { signal?: Signal; deadlineMs?: number } = {}) =>
        ask("hook", hook, [input, options.deadlineMs], options.signal),
      session: (label: string) => {
        const id = next++;
        void ask("session", "open", [id, label]).catch(() => undefined);
        return freeze({
          call: (hook: string, input: unknown, options: { signal?: Signal; deadlineMs?: number } = {}) =>
            ask("session", "call", [id, hook, input, options.deadlineMs], options.signal),
          close: () => void ask("session", "close", [id]).catch(() => undefined),
        });
      },
      find: ({ id }: { id: string }) => {
        if (found[id]) return serviceOf(id, found[id]);
        void ask("find", "refresh", []).catch(() => undefined);
        return undefined;
      },
      services: (prefix: string) =>
        keys(found)
          .filter((id) => id.startsWith(prefix))
          .sort(),
      can,
      require: (capability: string) => {
        if (can(capability)) return;
        tell({ kind: "denied", capability });
        throw new GuestError("CAPABILITY_DENIED", `${capability} was not granted`);
      },
    };
    return freeze(context);
  };

  const close = async (scope: (() => unknown)[]): Promise<void> => {
    for (let dispose = scope.pop(); dispose; dispose = scope.pop()) {
      try {
        await dispose();
      } catch {
        // The others are still to be undone.
      }
    }
  };

  const configured = async (given: unknown): Promise<unknown> => {
    const schema = plugin?.config?.["~standard"];
    if (!schema) return given;
    const result = (await schema.validate(given ?? {})) as { issues?: readonly { message: string; path?: readonly unknown[] }[]; value?: unknown };
    if (!result.issues) return result.value;
    const where = (path: readonly unknown[] = []) =>
      path.map((key) => `${typeof key === "object" && key !== null ? (key as { key: unknown }).key : key}`).join(".");
    throw new GuestError("CONFIG_INVALID", result.issues.map(({ message, path }) => `${where(path) || "the configuration"}: ${message}`).join("; "));
  };

  const setUp = async (message: Fields): Promise<void> => {
    state = message["seed"] as number;
    found = message["found"] as typeof found;
    granted = message["granted"] as readonly string[];
    try {
      if (!plugin) throw new GuestError("SOURCE_INVALID", "there is no plugin");
      const config = await configured(message["config"]);
      const base = { plugin: freeze(message["plugin"] as Fields), config, signal: life.signal, log: logs, clock, random: dice };
      await plugin.setup(contextOf(base, usable(message["use"] as never), undo));
      tell({ kind: "ready" });
    } catch (thrown) {
      locate(thrown);
      tell({ kind: "fault", ...failure(thrown) });
    }
  };

  const refusal = (id: number, thrown: unknown): string => {
    locate(thrown);
    return stringify({ kind: "reply", id, ok: false, ...failure(thrown) });
  };
  const reply = (id: number, value: unknown): string =>
    value === undefined ? `{"kind":"reply","id":${id},"ok":true}` : stringify({ kind: "reply", id, ok: true, value });
  const settle = async (id: number, value: unknown): Promise<void> => {
    try {
      // Written once: what a getter or toJSON says now is what is sent.
      send(reply(id, await value));
    } catch (thrown) {
      send(refusal(id, thrown));
    } finally {
      running.delete(id);
    }
  };
  /** What a tap is handed beside its input. Most never look at the signal: it is made when one does. */
  class Call {
    readonly hook: string;
    #controller: Controller | undefined;
    constructor(hook: string) {
      this.hook = hook;
    }
    get signal(): Signal {
      this.#controller ??= new Controller();
      return this.#controller.signal;
    }
    static abort(call: Call): void {
      call.#controller ??= new Controller();
      call.#controller.abort();
    }
  }
  /** Answers at once what is answered at once: with the id alone where there is nothing to say. */
  const answer = (id: number, call: Call, value: unknown): Answer => {
    if (value === undefined) return id;
    if (typeof (value as { then?: unknown } | null)?.then !== "function") return reply(id, value);
    running.set(id, () => Call.abort(call));
    void settle(id, value);
    return undefined;
  };

  const called = (message: TapCall): Answer => {
    const id = message[0];
    now = message[1];
    const tap = taps.get(message[2]);
    if (!tap) return id;
    const call = new Call(tap.hook);
    try {
      return answer(id, call, tap.fn(message[3], call));
    } catch (thrown) {
      return refusal(id, thrown);
    }
  };

  const observe = (id: number, input: unknown): void => {
    const tap = taps.get(id);
    try {
      tap?.fn(input, { hook: tap.hook, signal: life.signal });
    } catch (thrown) {
      locate(thrown);
      log("warn")(`${tap?.hook}: ${failure(thrown).message}`);
    }
  };

  const opened = async (id: number, use: unknown): Promise<void> => {
    const when = whens.get(id);
    if (!when) return;
    const closing = when.scope;
    when.scope = undefined;
    if (closing) await close(closing);
    if (!use) return;
    when.scope = [];
    try {
      await when.open(usable(use as never));
    } catch (thrown) {
      log("error")(`a part that waits for services failed: ${failure(thrown).message}`);
    }
  };

  const handlers: { [kind: string]: (message: Fields) => Answer | void } = {
    hello: (message) => void setUp(message),
    event: (message) => {
      for (const { tap, input } of message["taps"] as { tap: number; input: unknown }[]) observe(tap, input);
      return message["id"] as number;
    },
    service: (message) => {
      const service = offered.get(message["token"] as string);
      const method = message["method"] as string;
      const id = message["id"] as number;
      try {
        if (typeof service?.[method] !== "function") throw new GuestError("SERVICE_METHOD_UNKNOWN", `${message["token"]} has no method ${method}`);
        return answer(id, new Call(""), (service[method] as (...args: unknown[]) => unknown)(...(message["args"] as unknown[])));
      } catch (thrown) {
        return refusal(id, thrown);
      }
    },
    when: (message) => void opened(message["id"] as number, message["use"]),
    found: (message) => {
      found = message["services"] as typeof found;
    },
    reply: (message) => {
      const id = message["id"] as number;
      const asked = waiting.get(id);
      waiting.delete(id);
      if (message["ok"]) asked?.resolve(message["value"]);
      else asked?.reject(new GuestError(message["code"] as string, message["message"] as string));
    },
    abort: (message) => running.get(message["id"] as number)?.(),
    bye: () => {
      life.abort();
      void close(undo).then(() => tell({ kind: "bye" }));
    },
  };
  const known: { [kind: string]: ((message: Fields) => Answer | void) | undefined } = fromEntries(entries(handlers));

  const globals: Fields = {
    AbortController: Controller,
    AbortSignal: Signal,
    console: freeze({ debug: logs.debug, log: logs.info, info: logs.info, warn: logs.warn, error: logs.error }),
    OrreryGuestError: GuestError,
  };
  for (const [name, value] of entries(globals)) defineProperty(globalThis, name, { value, writable: true, configurable: true });
  // The engine's own clock reads what the worker set it to; this one is the kernel's to the millisecond.
  const EngineDate = Date;
  const KernelDate = function (this: unknown, ...args: unknown[]) {
    if (!new.target) return new EngineDate(now).toString();
    return Reflect.construct(EngineDate, args.length === 0 ? [now] : args, new.target);
  } as unknown as DateConstructor;
  defineProperty(KernelDate, "prototype", { value: EngineDate.prototype });
  KernelDate.now = () => now;
  KernelDate.parse = EngineDate.parse;
  KernelDate.UTC = EngineDate.UTC;
  defineProperty(EngineDate.prototype, "constructor", { value: KernelDate, configurable: true, writable: true });
  defineProperty(globalThis, "Date", { value: KernelDate, configurable: true, writable: true });
  defineProperty(globalThis, "performance", { value: freeze({ now: () => now }), configurable: true, writable: true });

  return freeze({
    ...create(null),
    receive(text: string) {
      const message = parse(text) as Fields | TapCall;
      if (isArray(message)) return called(message);
      now = message["now"] as number;
      return known[message["kind"] as string]?.(message) ?? undefined;
    },
    accept(given: unknown) {
      const candidate = given as Plugin | undefined;
      if (typeof candidate !== "object" || candidate === null || typeof candidate.setup !== "function" || typeof candidate.manifest !== "object")
        return tell({ kind: "fault", code: "SOURCE_INVALID", message: "the module has no `export default definePlugin({ manifest, setup })`" });
      plugin = candidate;
      const { manifest, requires = {}, provides = [], config } = candidate;
      const ids = fromEntries(entries(requires).map(([name, { id }]) => [name, id]));
      tell({ kind: "hello", manifest, requires: ids, provides: provides.map(({ id }) => id), configurable: config !== undefined });
    },
  }) as Entry;
}
