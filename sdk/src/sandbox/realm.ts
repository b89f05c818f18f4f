import { EvalFlags, type JSValueHandle, QuickJS, type Snapshot } from "quickjs-wasi";
import type { Said } from "./engine.ts";
import { guest } from "./guest.ts";
import { Inflow } from "./inflow.ts";
import type { SandboxLimits } from "./limits.ts";

/** What the worker tells its host beside the plugin's own texts. */
export type RealmFault = "SANDBOX_INTERRUPTED" | "SANDBOX_MEMORY" | "SANDBOX_FLOOD" | "SOURCE_INVALID" | "SANDBOX_CRASHED";

export interface RealmOutput {
  said(said: Said): void;
  fault(code: RealmFault, message: string): void;
}

/** A machine as it is before any plugin: the guest's half evaluated, nothing else. The next one starts from it. */
export type RealmSeed = Snapshot;
const entryName = "orrery:entry";

/**
 * The virtual machine of one plugin, in a worker. All its time is spent in `enter`: a stretch that runs longer than `sliceMs` is interrupted,
 * one that sends more than the burst is cut off. A native call that takes longer is beyond reach here: the host's watchdog ends the worker.
 */
export class Realm {
  /** For the next machine; absent in one that was made from one. */
  readonly seed: RealmSeed | undefined;
  readonly #vm: QuickJS;
  readonly #output: RealmOutput;
  #limits: SandboxLimits;
  #receive: JSValueHandle;
  #accept: JSValueHandle;
  /** When the present stretch is over; undefined until the engine first asks: most stretches are done before, and reading a clock is not free. */
  #until: number | undefined;
  readonly #outflow: Inflow;
  #flooded = false;
  /** The engine was told to stop in this stretch. What it was doing may have caught that: a job's error becomes a rejection nobody sees. */
  #cut = false;
  #dead = false;

  /** With the guest's half of the bridge in it and no plugin yet: what a warm worker holds. From `seed` in a fraction of the time. */
  static async create(
    wasm: WebAssembly.Module,
    limits: SandboxLimits,
    modules: ReadonlyMap<string, string>,
    output: RealmOutput,
    seed?: RealmSeed,
  ): Promise<Realm> {
    const sources = new Map(modules);
    // The closure needs the realm, and the machine is made before it.
    const self: { realm?: Realm } = {};
    const options = {
      wasm,
      memoryLimit: limits.memoryBytes,
      maxStackSize: 256 * 1024,
      timezoneOffset: 0,
      interruptHandler: () => self.realm?.isOver() ?? false,
      moduleLoader: {
        normalize: (_base: string, specifier: string) => specifier,
        load: (name: string) => {
          const source = sources.get(name);
          if (source === undefined) throw new Error(`a plugin is one file: it cannot import "${name.slice(0, 200)}"`);
          return source;
        },
      },
      wasi: (memory: WebAssembly.Memory) => ({
        clock_time_get: (_clock: number, _precision: bigint, at: number) => {
          new DataView(memory.buffer).setBigUint64(at, 0n, true);
          return 0;
        },
        random_get: (at: number, length: number) => {
          new Uint8Array(memory.buffer, at, length).fill(0);
          return 0;
        },
        fd_write: () => 8,
      }),
    };
    const vm = await (seed ? QuickJS.restore(seed, options) : QuickJS.create(options));
    const realm = new Realm(vm, limits, output, seed !== undefined);
    self.realm = realm;
    return realm;
  }

  private constructor(vm: QuickJS, limits: SandboxLimits, output: RealmOutput, restored: boolean) {
    this.#vm = vm;
    this.#limits = limits;
    this.#outflow = new Inflow(limits);
    this.#output = output;
    const send = (text: JSValueHandle): JSValueHandle => {
      this.#send(text);
      return vm.undefined;
    };
    if (restored) vm.registerHostCallback("send", send);
    else {
      const sender = vm.newFunction("send", send);
      const make = vm.evalCode(`(${guest.toString()})`, "orrery-guest.js");
      const entry = vm.callFunction(make, vm.undefined, sender);
      vm.defineProp(vm.global, entryName, entry, { configurable: true });
      this.seed = vm.snapshot();
      for (const handle of [sender, make, entry]) handle.dispose();
    }
    const entry = vm.global.getProp(entryName);
    this.#receive = entry.getProp("receive");
    this.#accept = entry.getProp("accept");
    entry.dispose();
    // No plugin finds it: it is gone before the first is let in.
    vm.evalCode(`delete globalThis[${JSON.stringify(entryName)}]`).dispose();
  }

  /** Evaluates the plugin's module; its hello, or what is wrong with it, goes out as a text or a fault. */
  async load(code: string): Promise<void> {
    let module: JSValueHandle | undefined;
    this.#enter(() => {
      module = this.#vm.evalCode(code, "plugin.js", EvalFlags.TYPE_MODULE);
    }, "SOURCE_INVALID");
    if (!module || this.#dead) return;
    if (module.promiseState === 0) return this.#output.fault("SOURCE_INVALID", "the module waits for something at its top level");
    const loaded = await this.#vm.resolvePromise(module);
    this.#enter(() => {
      if ("error" in loaded) throw new Error(this.#describe(loaded.error));
      this.#vm.callFunction(this.#accept, this.#vm.undefined, loaded.value.getProp("default")).dispose();
    }, "SOURCE_INVALID");
  }

  /** Hands a text of the host's to the guest and runs it until it has nothing more to do. */
  receive(text: string): void {
    this.#enter(() => {
      const given = this.#vm.newString(text);
      let answer: JSValueHandle | undefined;
      try {
        answer = this.#vm.callFunction(this.#receive, this.#vm.undefined, given);
        if (answer.isNumber) this.#emit(answer.toNumber());
        else this.#send(answer);
      } finally {
        answer?.dispose();
        given.dispose();
      }
    }, "SANDBOX_CRASHED");
  }

  /** Asked by the engine every so often while guest code runs. */
  isOver(): boolean {
    const now = performance.now();
    this.#until ??= now + this.#limits.sliceMs;
    if (this.#flooded || now > this.#until) this.#cut = true;
    return this.#cut;
  }

  #enter(work: () => void, code: RealmFault): void {
    if (this.#dead) return;
    this.#until = undefined;
    this.#cut = false;
    try {
      work();
      this.#vm.executePendingJobs();
      if (this.#cut || this.#flooded) this.#stopped();
    } catch (thrown) {
      this.#failed(thrown, code);
    }
  }

  /** Nothing more is let in: its host ends it. */
  #stopped(): void {
    this.#dead = true;
    if (this.#flooded) this.#output.fault("SANDBOX_FLOOD", `more than ${this.#limits.messageBurst} messages, or KB of them, at once`);
    else this.#output.fault("SANDBOX_INTERRUPTED", `ran longer than ${this.#limits.sliceMs} ms without a pause`);
  }

  #failed(thrown: unknown, code: RealmFault): void {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    if (thrown instanceof WebAssembly.RuntimeError || thrown instanceof RangeError) {
      this.#dead = true;
      return this.#output.fault("SANDBOX_CRASHED", "the virtual machine ran out of stack or memory");
    }
    if (this.#cut || this.#flooded) return this.#stopped();
    if (/out of memory/i.test(message)) return this.#output.fault("SANDBOX_MEMORY", `wanted more than ${this.#limits.memoryBytes} bytes of memory`);
    this.#output.fault(code, message.slice(0, 2_000));
  }

  #send(text: JSValueHandle | undefined): void {
    if (text?.isString) this.#emit(text.toString());
  }

  /** Only what is within the limits leaves. */
  #emit(said: Said): void {
    if (this.#flooded) return;
    if (this.#outflow.admits(said)) this.#output.said(said);
    else this.#flooded = true;
  }

  #describe(error: JSValueHandle): string {
    const described = error.getProp("message");
    if (!described.isString) return "it threw something that is no error";
    const stack = error.getProp("stack");
    const [at] = /plugin\.js:\d+:\d+/.exec(stack.isString ? stack.toString() : "") ?? [];
    return `${described.toString().slice(0, 2_000)}${at ? ` (${at})` : ""}`;
  }
}
