import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import {
  floodWords,
  type FromWorker,
  gathered,
  type GuestListener,
  Inflow,
  type PooledWorker,
  pooledEngine,
  type RealmSeed,
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
  /** The program of a thread; the one beside this module when absent. */
  readonly program?: URL;
}

const besideThis = new URL(import.meta.url.endsWith(".ts") ? "./sandbox-thread.ts" : "./sandbox-thread.js", import.meta.url);

/** ms this thread stands still for an answer that is due at once; most come within a quarter of that. */
const standMs = 0.4;
/** Awaited messages that are not stood for after one that was, in vain: doubled with each in a row. */
const mostRest = 64;
/** ms after a plugin took a warm machine before the next is made. */
const refillMs = 30;

/** Guests in worker threads: the virtual machine is the boundary, the thread is what can be ended. */
export function nodeSandboxEngine({ warm = 1, limits: usual = sandboxLimits, program = besideThis }: NodeEngineOptions = {}): SandboxEngine {
  const shared: Shared = { program, due: 0, seed: undefined };
  let wasm: Promise<WebAssembly.Module> | undefined;
  let modules: ReadonlyMap<string, string> | undefined;
  return pooledEngine({
    warm,
    limits: usual,
    async start(limits) {
      wasm ??= loadWasm();
      modules ??= new Map([["@orrery/sdk", sdkModule()]]);
      return Thread.start(await wasm, modules, limits, shared);
    },
    // A thread that comes up takes the processor from the plugin that is being started.
    later: (work) => void setTimeout(work, refillMs).unref(),
  });
}

/** What the threads of one engine have in common: how many owe an answer that was not there at once, and the machine the next ones start from. */
interface Shared {
  readonly program: URL;
  due: number;
  seed: RealmSeed | undefined;
}

class Thread implements PooledWorker {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  /** How often each side rang: the thread is rung at 0, this side at 1. */
  readonly #bell = new Int32Array(new SharedArrayBuffer(8));
  readonly #shared: Shared;
  readonly #inflow: Inflow;
  #rest = 0;
  #misses = 0;
  #due = false;
  readonly ended: Promise<unknown>;
  readonly #pongs = new Map<number, (alive: boolean) => void>();
  #listener: GuestListener | undefined;
  #onWarm: ((failure?: Error) => void) | undefined;
  #next = 1;
  #over = false;

  static async start(wasm: WebAssembly.Module, modules: ReadonlyMap<string, string>, limits: SandboxLimits, shared: Shared): Promise<Thread> {
    const thread = new Thread(shared, limits);
    await new Promise<void>((resolve, reject) => {
      thread.#onWarm = (failure) => (failure ? reject(failure) : resolve());
      thread.#post({ do: "warm", wasm, limits, modules, seed: shared.seed });
    });
    return thread;
  }

  private constructor(shared: Shared, limits: SandboxLimits) {
    this.#shared = shared;
    this.#inflow = new Inflow(limits, gathered);
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = new Worker(shared.program, {
      workerData: { port: port2, bell: this.#bell },
      transferList: [port2],
      env: {},
      argv: [],
      execArgv: ["--no-warnings"],
      stdin: false,
      stdout: true,
      stderr: true,
      name: "orrery sandbox",
      // Of the thread's own heap; the machine's memory is not in it. What a thread starts with is 8 MB: under a tighter limit it is collected while a plugin comes up, for 10 ms.
      resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 4, stackSizeMb: 4 },
    });
    // A sandbox keeps no process alive.
    this.#worker.unref();
    port1.on("message", (message: FromWorker) => this.#receive(message));
    port1.unref();
    this.#worker.on("error", () => undefined);
    this.ended = new Promise((resolve) => {
      this.#worker.once("exit", () => {
        resolve(undefined);
        port1.close();
        this.#owes(false);
        this.#gone();
      });
    });
  }

  load(code: string, listener: GuestListener): void {
    this.#listener = listener;
    if (this.#over) return listener.exit();
    this.#post({ do: "load", code });
  }

  /**
   * An answer that is due is stood for a moment: waking this thread's event loop takes longer than most plugins think. Not while another one is out,
   * whose answer would have to wait behind this, nor for a plugin that was not done in time lately.
   */
  send(text: string, awaited = false): void {
    const rung = Atomics.load(this.#bell, 1);
    this.#post(text);
    if (!awaited || this.#over) return;
    this.#owes(true);
    if (this.#shared.due > 1) return;
    if (this.#rest > 0) {
      this.#rest -= 1;
      return;
    }
    Atomics.wait(this.#bell, 1, rung, standMs);
    for (let said = receiveMessageOnPort(this.#port); said && !this.#over; said = receiveMessageOnPort(this.#port)) this.#receive(said.message as FromWorker);
    this.#misses = this.#due ? this.#misses + 1 : 0;
    this.#rest = this.#due ? Math.min(2 ** this.#misses, mostRest) : 0;
  }

  #owes(due: boolean): void {
    if (this.#due === due) return;
    this.#due = due;
    this.#shared.due += due ? 1 : -1;
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
    // What it sent and nobody took goes with it.
    this.#port.close();
    void this.#worker.terminate();
  }

  #post(message: ToWorker): void {
    if (this.#over) return;
    this.#port.postMessage(message);
    Atomics.add(this.#bell, 0, 1);
    Atomics.notify(this.#bell, 0);
  }

  #receive(message: FromWorker): void {
    if (this.#over) return;
    if (!this.#inflow.admits(message)) return this.#flooded();
    if (typeof message === "string" || typeof message === "number") {
      this.#owes(false);
      return this.#listener?.message(message);
    }
    if (message.is === "warm") {
      this.#shared.seed ??= message.seed && inCommon(message.seed);
      return this.#onWarm?.();
    }
    if (message.is === "fault") {
      if (!this.#listener) return this.#onWarm?.(new OrreryError(message.code, message.message));
      return this.#listener.fault(message.code, message.message);
    }
    this.#pongs.get(message.id)?.(true);
    this.#pongs.delete(message.id);
  }

  #flooded(): void {
    const listener = this.#listener;
    this.terminate();
    listener?.fault("SANDBOX_FLOOD", floodWords);
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

/** The seed with its memory where every thread reads the same bytes: each starts from a copy of its own anyway. */
function inCommon(seed: RealmSeed): RealmSeed {
  const memory = new Uint8Array(new SharedArrayBuffer(seed.memory.length));
  memory.set(seed.memory);
  return { ...seed, memory };
}

/** From the bundle's assets, else from the package. */
async function loadWasm(): Promise<WebAssembly.Module> {
  const beside = new URL("./assets/sandbox/quickjs.wasm", import.meta.url);
  const bytes = await readFile(beside).catch(async () =>
    readFile(createRequire(createRequire(import.meta.url).resolve("@orrery/sdk")).resolve("quickjs-wasi/quickjs.wasm")),
  );
  return WebAssembly.compile(bytes);
}
