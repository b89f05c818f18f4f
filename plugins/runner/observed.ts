import { type Clock, digestsOf, type Journal, type RunDigest } from "@orrery/sdk";
import type { Optional } from "./run-scope.ts";

/** Runs that are looked at, newest first; the fewest steps that say anything; and ms that what was read is good for where nobody asks for more. */
const [runsLookedAt, fewest, freshMs] = [50, 3, 60_000];

/** What an agent's steps took before. */
export interface ObservedSteps {
  /** Whose: this agent's on this model, or anybody's on this model. */
  from: "agent" | "model";
  steps: number;
  /** Of all answers of a step: the middle one, and the one that nine of ten do not exceed. */
  outputTokens: { median: number; p90: number };
  /** Times that tools were called before the answer. */
  rounds: { median: number; p90: number };
}
export type Observed = (step: { team: string; agent: string; model: string; tools: boolean }) => ObservedSteps | undefined;

/** What the last runs that are over took, a workspace at a time: read when it is first asked for, and again when that is a while ago. */
export class Observations {
  readonly #journal: Journal;
  readonly #services: Pick<Optional, "storage">;
  readonly #clock: Pick<Clock, "elapsed">;
  readonly #read = new Map<string, { at: number; observed: Promise<Observed> }>();

  constructor(journal: Journal, services: Pick<Optional, "storage">, clock: Pick<Clock, "elapsed">) {
    this.#journal = journal;
    this.#services = services;
    this.#clock = clock;
  }

  /** Nothing is observed where it cannot be read. `now`: of every run that is over by now. */
  of(workspace: string, now = false): Promise<Observed> {
    const known = this.#read.get(workspace);
    const at = this.#clock.elapsed();
    if (known && !now && at - known.at < freshMs) return known.observed;
    const observed = this.#observe(workspace).catch((): Observed => () => undefined);
    this.#read.set(workspace, { at, observed });
    // A run that begins does not wait for it to be read anew.
    return known && !now ? known.observed : observed;
  }

  async #observe(workspace: string): Promise<Observed> {
    const sources = { journal: this.#journal, storage: this.#services.storage };
    const runs = await this.#journal.runs({ workspace, limit: runsLookedAt });
    return observedIn(await digestsOf(sources, runs, { settled: true }));
  }
}

export function observedIn(digests: readonly RunDigest[]): Observed {
  const steps = digests.flatMap(({ team, agents }) =>
    agents.flatMap(({ id, tools, answers }) => answers.map((answer) => ({ ...answer, name: nameOf(team, id), tools }))),
  );
  return ({ team, agent, model, tools }) => {
    // Steps with tools say nothing of those without.
    const alike = steps.filter((each) => each.model === model && each.tools === tools);
    const own = alike.filter(({ name }) => name === nameOf(team, agent));
    const found = own.length >= fewest ? own : alike;
    if (found.length < fewest) return undefined;
    const spread = (of: (step: (typeof steps)[number]) => number) => {
      const sorted = found.map(of).sort((a, b) => a - b);
      return { median: at(sorted, 0.5), p90: at(sorted, 0.9) };
    };
    return {
      from: found === own ? "agent" : "model",
      steps: found.length,
      outputTokens: spread(({ outputTokens }) => outputTokens),
      rounds: spread(({ rounds }) => rounds),
    };
  };
}

const nameOf = (team: string, agent: string): string => JSON.stringify([team, agent]);
/** The value that so many of the sorted do not exceed: one of them, never one between. */
const at = (sorted: readonly number[], share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
