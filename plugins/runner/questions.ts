import { type Clock, OrreryError } from "@orrery/sdk";
import type { RunnerConfig } from "./run-scope.ts";

/**
 * The questions of plugins within one run, or of plugins outside any. So many at once and in all:
 * a plugin whose question makes it ask again comes to an end there.
 */
export class Questions {
  /** Made with the first question: most runs have none. */
  #breaks: AbortController | undefined;
  #over = false;
  readonly #open = new Map<Promise<unknown>, string>();
  readonly #times = new Map<string, number[]>();
  readonly #clock: Clock;
  readonly #limits: Pick<RunnerConfig, "questions" | "questionsAtOnce">;
  readonly #windowMs: number;

  /** Within `windowMs` a plugin may ask `limits.questions` times. */
  constructor(clock: Clock, limits: Pick<RunnerConfig, "questions" | "questionsAtOnce">, windowMs = Number.POSITIVE_INFINITY) {
    this.#clock = clock;
    this.#limits = limits;
    this.#windowMs = windowMs;
  }

  /** Lets `work` ask; what it returns goes on to the plugin. Its signal goes off with the run. Throws QUESTIONS_TOO_MANY before anything is done. */
  async hold<T>(plugin: string, run: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#admit(plugin, run);
    const breaks = (this.#breaks ??= new AbortController());
    const answering = work(AbortSignal.any([signal, breaks.signal]));
    this.#open.set(answering, plugin);
    try {
      return await answering;
    } catch (error) {
      // Wherever the question stood: it was the run's end that broke it off.
      throw breaks.signal.aborted ? breaks.signal.reason : error;
    } finally {
      this.#open.delete(answering);
    }
  }

  /** Nothing more is asked, what is under way is broken off, and its entries are written when this resolves. */
  async end(): Promise<void> {
    this.#over = true;
    this.#breaks?.abort(new OrreryError("RUN_CANCELLED", "the run is over"));
    await Promise.allSettled(this.#open.keys());
  }

  #admit(plugin: string, run: string): void {
    if (this.#over) throw notUnderWay(run);
    const { questions, questionsAtOnce } = this.#limits;
    const now = this.#clock.now();
    const times = (this.#times.get(plugin) ?? []).filter((at) => now - at < this.#windowMs);
    const open = [...this.#open.values()].filter((each) => each === plugin).length;
    const asked = `it has asked ${times.length} times${this.#windowMs === Number.POSITIVE_INFINITY ? " in this run" : " within a minute"}`;
    const why =
      open >= questionsAtOnce ? `${open} of its questions are unanswered; does one of them make it ask again?` : times.length >= questions ? asked : "";
    if (why) throw new OrreryError("QUESTIONS_TOO_MANY", `${plugin} may not ask a model now: ${why}.`, { todo: "Ask less often." });
    this.#times.set(plugin, [...times, now]);
  }
}

export const notUnderWay = (run: string): OrreryError =>
  new OrreryError("RUN_NOT_UNDER_WAY", `The run "${run.slice(0, 80)}" is not under way here, so nothing can be asked for it.`, {
    todo: "Leave `run` out to ask outside any run.",
  });
