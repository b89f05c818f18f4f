import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import {
  type FromWorker,
  type Guest,
  type GuestListener,
  type GuestSource,
  type SandboxEngine,
  type SandboxLimits,
  sandboxLimits,
  sdkModule,
  type ToWorker,
} from "@orrery/sdk/sandbox";
import { OrreryError } from "@orrery/sdk";

export interface NodeEngineOptions {
  /** Threads kept ready for the next plugin; the first is started with the first plugin. Default 1. */
  readonly warm?: number;
  /** What warm machines are made with; a plugin with other limits waits for one of its own. */
  readonly limits?: SandboxLimits;
}

const mebi = 1024 * 1024;

/** Guests in worker threads: the virtual machine is the boundary, the thread is what can be ended. */
export function nodeSandboxEngine({ warm = 1, limits: usual = sandboxLimits }: NodeEngineOptions = {}): SandboxEngine {
  const threads = new Set<Thread>();
  const ready: Promise<Thread>[] = [];
  let wasm: Promise<WebAssembly.Module> | undefined;
  let modules: ReadonlyMap<string, string> | undefined;
  let closed = false;

  const start = async (limits: SandboxLimits): Promise<Thread> => {
    wasm ??= loadWasm();
    modules ??= new Map([["@orrery/sdk", sdkModule()]]);
    const thread = await Thread.start(await wasm, modules, limits, (ended) => threads.delete(ended));
    threads.add(thread);
    if (closed) thread.terminate();
    return thread;
  };
  /** A failed start is told to whoever takes it, not before. */
  const refill = (): void => {
    while (!closed && ready.length < warm) {
      const next = start(usual);
      next.catch(() => undefined);
      ready.push(next);
    }
  };

  return {
    async open({ code, limits }: GuestSource, listener: GuestListener): Promise<Guest> {
      if (closed) throw new OrreryError("SANDBOX_CLOSED", "the sandbox is closed");
      const fits = (["memoryBytes", "sliceMs", "messageBurst", "messagesPerSecond"] as const).every((name) => limits[name] === usual[name]);
      const thread = await ((fits ? ready.shift() : undefined) ?? start(limits));
      setImmediate(refill).unref();
      thread.load(code, listener);
      return thread;
    },
    workers: () => threads.size,
    async close() {
      closed = true;
      const all = [...threads];
      for (const thread of all) thread.terminate();
      await Promise.all(all.map((thread) => thread.ended));
    },
  };
}

class Thread implements Guest {
  readonly #worker: Worker;
  readonly ended: Promise<unknown>;
  readonly #pongs = new Map<number, (alive: boolean) => void>();
  #listener: GuestListener | undefined;
  #onWarm: ((failure?: Error) => void) | undefined;
  #next = 1;
  #over = false;

  static async start(wasm: WebAssembly.Module, modules: ReadonlyMap<string, string>, limits: SandboxLimits, onEnd: (thread: Thread) => void): Promise<Thread> {
    const thread = new Thread(onEnd, limits.memoryBytes);
    await new Promise<void>((resolve, reject) => {
      thread.#onWarm = (failure) => (failure ? reject(failure) : resolve());
      thread.#post({ do: "warm", wasm, limits, modules });
    });
    return thread;
  }

  private constructor(onEnd: (thread: Thread) => void, memoryBytes: number) {
    this.#worker = new Worker(new URL(import.meta.url.endsWith(".ts") ? "./sandbox-thread.ts" : "./sandbox-thread.js", import.meta.url), {
      env: {},
      argv: [],
      execArgv: ["--no-warnings"],
      stdin: false,
      stdout: true,
      stderr: true,
      name: "orrery sandbox",
      resourceLimits: { maxOldGenerationSizeMb: 64 + Math.ceil(memoryBytes / mebi), maxYoungGenerationSizeMb: 8, stackSizeMb: 4 },
    });
    // A sandbox keeps no process alive.
    this.#worker.unref();
    this.#worker.on("message", (message: FromWorker) => this.#receive(message));
    this.#worker.on("error", () => undefined);
    this.ended = new Promise((resolve) => {
      this.#worker.once("exit", () => {
        resolve(undefined);
        onEnd(this);
        this.#gone();
      });
    });
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
      const timer = setTimeout(() => {
        this.#pongs.delete(id);
        resolve(false);
      }, ms);
      timer.unref();
      this.#pongs.set(id, (alive) => {
        clearTimeout(timer);
        resolve(alive);
      });
      this.#post({ do: "ping", id });
    });
  }

  terminate(): void {
    if (this.#over) return;
    this.#over = true;
    this.#listener = undefined;
    void this.#worker.terminate();
  }

  #post(message: ToWorker): void {
    if (!this.#over) this.#worker.postMessage(message);
  }

  #receive(message: FromWorker): void {
    if (typeof message === "string") return this.#listener?.message(message);
    if (message.is === "warm") return this.#onWarm?.();
    if (message.is === "fault") {
      if (!this.#listener) return this.#onWarm?.(new OrreryError(message.code, message.message));
      return this.#listener.fault(message.code, message.message);
    }
    this.#pongs.get(message.id)?.(true);
    this.#pongs.delete(message.id);
  }

  #gone(): void {
    const listener = this.#listener;
    this.#over = true;
    this.#listener = undefined;
    for (const answer of this.#pongs.values()) answer(false);
    this.#pongs.clear();
    this.#onWarm?.(new OrreryError("SANDBOX_CRASHED", "the sandbox's thread ended before it was ready"));
    listener?.exit();
  }
}

/** From the bundle's assets, else from the package. */
async function loadWasm(): Promise<WebAssembly.Module> {
  const beside = new URL("./assets/sandbox/quickjs.wasm", import.meta.url);
  const bytes = await readFile(beside).catch(async () =>
    readFile(createRequire(createRequire(import.meta.url).resolve("@orrery/sdk")).resolve("quickjs-wasi/quickjs.wasm")),
  );
  return WebAssembly.compile(bytes);
}
