/**
 * The far side of the bridge: runs in the edited plugin's own worker and offers `setup` the part of a plugin's context that
 * plain messages can carry. The worker is started from a blob, so it lives under the page's policy.
 */
import type { FromGuest, ToGuest } from "./protocol.ts";

type Tap = (input: unknown, call: { hook: string; signal: AbortSignal }) => unknown;
interface Authored {
  manifest: { id: string; version: string };
  requires?: object;
  provides?: readonly unknown[];
  config?: unknown;
  setup(context: object): void | Promise<void>;
}

function connect(port: MessagePort, plugin: Authored): void {
  const taps = new Map<number, Tap>();
  const running = new Map<number, AbortController>();
  const asked = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const life = new AbortController();
  const disposers: (() => void | Promise<void>)[] = [];
  let next = 1;
  const say = (message: FromGuest) => port.postMessage(message);
  const fault = (thrown: unknown) => ({ code: codeOf(thrown), message: thrown instanceof Error ? thrown.message : String(thrown) });

  const log = (level: "debug" | "info" | "warn" | "error") => (message: unknown, data?: unknown) =>
    say({ kind: "log", level, message: String(message), ...(data === undefined ? {} : { data: JSON.parse(JSON.stringify(data)) }) });
  const tap = (hook: string, fn: Tap, order?: object) => {
    const id = next++;
    taps.set(id, fn);
    say({ kind: "tap", tap: id, hook, ...(order ? { order } : {}) });
    return () => {
      if (taps.delete(id)) say({ kind: "untap", tap: id });
    };
  };
  const context = {
    use: {},
    config: undefined,
    signal: life.signal,
    log: { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") },
    clock: {
      now: () => Date.now(),
      elapsed: () => performance.now(),
      sleep: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)),
    },
    random: { next: Math.random, id: (prefix: string) => `${prefix}_${crypto.randomUUID()}` },
    tap,
    own: (_label: string, dispose: () => void | Promise<void>) => {
      disposers.push(dispose);
      return dispose;
    },
    call: (hook: string, input: unknown) =>
      new Promise((resolve, reject) => {
        const call = next++;
        asked.set(call, { resolve, reject });
        say({ kind: "call", call, hook, input });
      }),
  };

  async function answer(message: Extract<ToGuest, { kind: "call" }>): Promise<void> {
    const fn = taps.get(message.tap);
    if (!fn) return;
    const controller = new AbortController();
    running.set(message.call, controller);
    try {
      const value = await fn(message.input, { hook: message.hook, signal: controller.signal });
      say({ kind: "reply", call: message.call, ok: true, value });
    } catch (thrown) {
      // What cannot be cloned is thrown by postMessage itself and told the same way.
      say({ kind: "reply", call: message.call, ok: false, ...fault(thrown) });
    } finally {
      running.delete(message.call);
    }
  }

  async function setup(id: string, version: string): Promise<void> {
    try {
      await plugin.setup({ ...context, plugin: { id, version, tier: "community" } });
      say({ kind: "ready" });
    } catch (thrown) {
      say({ kind: "fault", ...fault(thrown) });
    }
  }

  port.onmessage = ({ data }: MessageEvent<ToGuest>) => {
    if (data.kind === "setup") void setup(data.plugin.id, data.plugin.version);
    else if (data.kind === "call") void answer(data);
    else if (data.kind === "cancel") running.get(data.call)?.abort();
    else if (data.kind === "reply") {
      const waiting = asked.get(data.call);
      asked.delete(data.call);
      if (data.ok) waiting?.resolve(data.value);
      else waiting?.reject(Object.assign(new Error(data.message), { code: data.code }));
    } else {
      life.abort();
      void Promise.allSettled(disposers.reverse().map((dispose) => dispose())).then(() => say({ kind: "bye" }));
    }
  };

  const services = Object.keys(plugin.requires ?? {}).length + (plugin.provides?.length ?? 0);
  if (services > 0 || plugin.config) {
    say({
      kind: "fault",
      code: "GUEST_LIMITS",
      message: "a plugin edited in the page cannot require or provide services or take a configuration: services do not cross its worker's boundary",
    });
  } else {
    say({ kind: "hello", manifest: JSON.parse(JSON.stringify(plugin.manifest)) });
  }
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown && typeof thrown.code === "string" ? thrown.code : "TAP_THREW";
}

/** The page's first message: where the edited source is, and the port to the kernel. Every later one is a sign-of-life question. */
self.onmessage = async ({ data, ports }: MessageEvent<{ source: string } | "ping">) => {
  if (data === "ping") return void self.postMessage("pong");
  const port = ports[0];
  if (!port) return;
  try {
    const module = (await import(/* @vite-ignore */ data.source)) as { default?: Authored };
    const plugin = module.default;
    if (typeof plugin?.setup !== "function" || typeof plugin.manifest?.id !== "string")
      throw new Error("the file has no `export default definePlugin({ manifest, setup })`");
    connect(port, plugin);
  } catch (thrown) {
    port.postMessage({ kind: "fault", code: "SOURCE_INVALID", message: thrown instanceof Error ? thrown.message : String(thrown) } satisfies FromGuest);
  }
};
