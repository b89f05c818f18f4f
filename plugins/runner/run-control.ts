import { type Artifact, OrreryError } from "@orrery/sdk";
import { type Cancelled, GateDenied } from "./failure.ts";
import type { RunLog } from "./run-log.ts";

/** A place where the run asks a person, and what was decided. */
export interface Gate {
  /** Unique in the run: the gate's id, and `#2`, `#3` … where it is asked again. */
  name: string;
  ask: string;
  path?: string | undefined;
  agent?: string | undefined;
  decision?: { approve: boolean; note?: string | undefined } | undefined;
}
/** What is asked of a person. */
export interface Asked {
  id: string;
  ask: string;
  path?: string;
  agent?: string;
  artifact?: Artifact;
}
/** What a run was told by people before it was carried on here. */
export interface Told {
  paused: boolean;
  instructions: readonly string[];
  gates: readonly Gate[];
}

/** The run is left where it stands, to be carried on by whoever takes it up: its process ends, or another has taken it over. */
export class LetGo extends OrreryError {
  constructor(why: string) {
    super("RUN_LET_GO", why, { todo: "`orrery resume RUN` goes on with it." });
  }
}

/** The gate's id without the number of its asking. */
const idOf = (name: string): string => name.split("#")[0] ?? name;

/** What people tell a run while it is under way: pause, resume, redirect, cancel, and their decisions at gates. */
export class RunControl {
  readonly #abort = new AbortController();
  readonly #gates: Gate[];
  readonly #deciding = new Map<Gate, () => void>();
  readonly #instructions: string[];
  #paused: boolean;
  /** What goes on without a person: the run itself, and each of its steps that waits at no gate. */
  #busy = 1;
  readonly #listeners = new Set<() => void>();

  constructor(told: Told = { paused: false, instructions: [], gates: [] }) {
    this.#paused = told.paused;
    this.#instructions = [...told.instructions];
    this.#gates = [...told.gates];
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }
  get paused(): boolean {
    return this.#paused;
  }
  /** Of all redirections so far. */
  get instructions(): readonly string[] {
    return this.#instructions;
  }
  get letGo(): boolean {
    return this.signal.reason instanceof LetGo;
  }
  /** Nothing goes on before a person decides. */
  get waits(): boolean {
    return this.#busy === 0 && this.#deciding.size > 0;
  }
  /** Steps, and outcomes, that wait for a person. */
  get atGates(): number {
    return this.#deciding.size;
  }
  gate(name: string): Gate | undefined {
    return this.#gates.find((gate) => gate.name === name);
  }
  get openGates(): string[] {
    return this.#gates.filter(({ decision }) => !decision).map(({ name }) => name);
  }

  pause(): void {
    this.#paused = true;
  }
  unpause(): void {
    this.#paused = false;
    this.#tell();
  }
  redirect(instruction: string): void {
    this.#instructions.push(instruction);
  }
  stop(reason: LetGo | Cancelled): void {
    this.#abort.abort(reason);
    this.#tell();
  }
  /** The gate has its decision: what waits there goes on. */
  decided(gate: Gate): void {
    this.#deciding.get(gate)?.();
  }

  /** Steps at work without waiting for a person, and the run's own thread of work, come and go. */
  enter(): void {
    this.#busy += 1;
  }
  leave(): void {
    this.#busy -= 1;
    if (this.waits) this.#tell();
  }

  /** Told of every change: unpaused, stopped, waiting for a person. Returns the way to stop. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
  /** Resolves once `holds`, which is asked at every change. */
  async until(holds: () => boolean): Promise<void> {
    if (holds()) return;
    await new Promise<void>((resolve) => {
      const stop = this.listen(() => {
        if (!holds()) return;
        stop();
        resolve();
      });
    });
  }
  /** Resolves once the run may start something new; throws what stopped it. */
  async clear(): Promise<void> {
    await this.until(() => !this.#paused || this.signal.aborted);
    if (this.signal.aborted) throw this.signal.reason;
  }

  /** Opens the gate, or finds it as it was opened before, and waits for a person. Throws GATE_DENIED, and what stopped the run or the step. */
  async ask(log: RunLog, { id, ask, path, agent, artifact }: Asked, signal: AbortSignal): Promise<void> {
    let gate = this.#gates.find((each) => idOf(each.name) === id && each.path === path && !this.#deciding.has(each));
    if (!gate) {
      const asked = this.#gates.filter((each) => idOf(each.name) === id).length;
      gate = { name: asked === 0 ? id : `${id}#${asked + 1}`, ask, path, agent };
      this.#gates.push(gate);
      await log.write("gate.opened", {
        gate: gate.name,
        ask,
        ...(path === undefined ? {} : { path }),
        ...(agent === undefined ? {} : { agent }),
        ...(artifact ? { artifact } : {}),
      });
    }
    if (!gate.decision) await this.#decision(gate, signal);
    if (!gate.decision?.approve) throw new GateDenied(gate.name, gate.decision?.note);
  }

  async #decision(gate: Gate, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const stop = () => {
        this.#deciding.delete(gate);
        this.enter();
        reject(signal.reason);
      };
      if (signal.aborted) return reject(signal.reason);
      signal.addEventListener("abort", stop, { once: true });
      this.#deciding.set(gate, () => {
        signal.removeEventListener("abort", stop);
        this.#deciding.delete(gate);
        this.enter();
        resolve();
      });
      this.leave();
    });
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
