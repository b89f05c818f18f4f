import type { PluginReport } from "@orrery/kernel";
import { expose, proxy } from "comlink";
import { z } from "zod";
import { OrreryError } from "@orrery/sdk";
import { boot, type Booted } from "./boot.ts";
import type { Way } from "./egress/carrier.ts";
import type { Carrier } from "./egress/index.ts";
import { KernelHost } from "./kernel-host.ts";
import { ahead, preset } from "./preset.ts";
import type { GuestLine, Guests } from "./sandbox/guests.ts";
import { storageFull } from "./storage-full.ts";
import type { Shared } from "./tabs.ts";
import type { WatchListener } from "./watch-hub.ts";

// The page's policy forbids code generation, which zod would otherwise try.
z.config({ jitless: true });

/** Comlink carries of an error no more than its message; this keeps its code and what to do. */
export type Answer<T> = { ok: true; value: T } | { ok: false; error: { code: string; message: string; todo: string | undefined } };

async function answered<T>(work: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (thrown) {
    const told = storageFull(thrown);
    const { code = "KERNEL_ERROR", todo, do: remedy } = told as { code?: string; todo?: string; do?: string };
    return { ok: false, error: { code, message: told instanceof Error ? told.message : String(told), todo: todo ?? remedy } };
  }
}

type Called = { hook: string; durationMs: number; outcome: string; at: number };

/** What the page's side of Comlink calls: the client's members, and what of the sandbox and of egress is the kernel's half. */
class TabKernel {
  #booted: Booted | undefined;
  #host: KernelHost | undefined;
  #way: Way | undefined;
  #before: Promise<void> | undefined;
  #guests: Guests | undefined;

  async start(base: string): Promise<void> {
    const began = performance.now();
    const carry: Carrier = (request, signal) =>
      this.#way?.carry(request, signal) ??
      Promise.reject(new OrreryError("EGRESS_DENIED", "The page opened no way to the network", { todo: "Connect a model host first." }));
    this.#booted = await boot({ base, plugins: preset, carry });
    this.#host = new KernelHost(this.#booted, base, performance.now() - began);
    // What does not arrive now is asked for again when it is needed, and says so then.
    for (const load of ahead) void load().catch(() => undefined);
    void this.#host.resumeAll().catch((thrown: unknown) => console.warn(`runs of a tab that is gone could not be carried on: ${String(thrown)}`));
    const host = this.#host;
    let tidied = Promise.resolve();
    const tidy = () => {
      tidied = tidied.then(() => host.tidy()).catch((thrown: unknown) => console.warn(`runs could not be taken out: ${String(thrown)}`));
    };
    tidy();
    this.#booted.tabs.watch((what) => what === "runs" && tidy());
  }

  /** Calls a member of `KernelClient` by name; the names are checked against the host's own. */
  call(method: string, params: unknown[]): Promise<Answer<unknown>> {
    const host = this.#host as unknown as Record<string, (...params: unknown[]) => Promise<unknown>> | undefined;
    return answered(async () => {
      if (!host || !Object.getOwnPropertyNames(KernelHost.prototype).includes(method)) throw new TypeError(`no method ${method}`);
      return host[method]?.(...params);
    });
  }

  /** The way out from now on: a port to the worker of the page's egress frame, or none. What is under way on the one before goes on there, unless that is `cut`. */
  async openEgress(port: MessagePort | undefined, cut: boolean): Promise<void> {
    const before = this.#way;
    this.#way = port && (await import("./egress/carrier.ts")).carryOver(port);
    if (cut) before?.end();
    this.#before = before?.idle();
  }

  /** Resolves once nothing is under way on the way out before this one. */
  async egressLeft(): Promise<void> {
    await this.#before;
  }

  async watch(runId: string, from: number, listener: WatchListener): Promise<() => void> {
    if (!this.#host) throw new TypeError("not started");
    return proxy(await this.#host.watch(runId, from, listener));
  }

  /** What of the things that tabs share was changed, here or in another tab, and should be asked for anew. */
  async watchShared(listener: (what: Shared) => void): Promise<() => void> {
    return proxy(this.#started().tabs.watch(listener));
  }

  /** The page is looked at again, and may have slept. */
  async wake(): Promise<void> {
    this.#started().tabs.wake();
  }

  /** A way to the page that frames are asked for over: only a page can open one. */
  async openSandbox(port: MessagePort): Promise<void> {
    const { framesOver, Guests } = await import("./sandbox/guests.ts");
    this.#guests = new Guests(this.#started(), framesOver(port));
    this.#host?.startPackages(this.#guests.start());
  }

  /** Installs or replaces a plugin edited in the page; `code` is JavaScript. */
  loadSource(code: string, tell: (line: GuestLine) => void): Promise<Answer<PluginReport>> {
    return answered(async () => {
      if (!this.#guests) throw new TypeError("the page opened no sandbox");
      return this.#guests.load(code, tell);
    });
  }

  async unload(id: string): Promise<void> {
    const { kernel } = this.#started();
    if (kernel.inspect().plugins.some((plugin) => plugin.id === id)) await kernel.uninstall(id);
  }

  /** One plugin's taps as they are called. */
  async watchCalls(plugin: string, listener: (record: Called) => void): Promise<() => void> {
    const stop = this.#started().kernel.trace((record) => {
      if (record.plugin === plugin) listener({ hook: record.hook, durationMs: record.durationMs, outcome: record.outcome, at: Date.now() });
    });
    return proxy(() => void stop());
  }

  /** How many hook calls there were, told every quarter of a second in which there were any. */
  async watchPulse(listener: (calls: number) => void): Promise<() => void> {
    let calls = 0;
    const stop = this.#started().kernel.trace(({ plugin }) => {
      if (plugin === undefined) calls += 1;
    });
    const timer = setInterval(() => {
      if (calls > 0) listener(calls);
      calls = 0;
    }, 250);
    return proxy(() => {
      clearInterval(timer);
      void stop();
    });
  }

  #started(): Booted {
    if (!this.#booted) throw new TypeError("not started");
    return this.#booted;
  }
}
export type { TabKernel };

expose(new TabKernel());
