import type { Dispatch, Json, Move, Settled, Team, TopologyExecutor } from "@orrery/sdk";

/** How the world answers, for a test: everything follows from it. */
export interface World {
  /** Picks which of the steps in flight settles next: an index below `waiting`. */
  pick(waiting: number): number;
  /** What the step came to. */
  answer(dispatch: Dispatch): Omit<Settled, "path" | "agent">;
}
export interface Observed {
  /** In order of dispatch, with the paths that had settled well by then and the settlement that caused it. */
  started: (Dispatch & { after: string[]; cause: string | undefined })[];
  settled: Settled[];
  cancelled: string[];
  done: NonNullable<Move["done"]>;
}

function freeze<T>(value: T): T {
  if (value !== null && typeof value === "object" && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) freeze(member);
  }
  return value;
}

/**
 * Drives an executor as a runner would, settling one step at a time in the order `world` picks, and checks what holds for every topology:
 * a step starts once, sees only outputs that are there, belongs to the team; only what is in flight is cancelled; nothing is in flight at the end;
 * the state is plain data that `next` leaves alone; what arrives late changes nothing.
 */
export async function drive(executor: TopologyExecutor, team: Team, config: Json, world: World, task = "the task"): Promise<Observed> {
  const observed: Observed = { started: [], settled: [], cancelled: [], done: { output: undefined, failures: [] } };
  const good = new Set<string>();
  const inFlight = new Map<string, Dispatch>();
  const seen = new Set<string>();
  const claim = (holds: boolean, what: string): void => {
    if (!holds) throw new Error(`${what}; started: ${observed.started.map((step) => step.path).join(", ")}`);
  };
  let move = await executor.start(team, config, task);
  let cause: string | undefined;
  for (;;) {
    for (const path of move.cancel ?? []) {
      claim(inFlight.delete(path), `${path} was cancelled and not in flight`);
      observed.cancelled.push(path);
    }
    for (const dispatch of move.dispatch) {
      claim(!seen.has(dispatch.path), `${dispatch.path} was dispatched twice`);
      claim(
        team.agents.some((agent) => agent.id === dispatch.agent),
        `${dispatch.agent} is not in the team`,
      );
      for (const input of dispatch.inputs) claim(good.has(input), `${dispatch.path} was to see ${input}, which is not there`);
      seen.add(dispatch.path);
      inFlight.set(dispatch.path, dispatch);
      observed.started.push({ ...dispatch, after: [...good], cause });
    }
    freeze(move.state);
    const state = JSON.parse(JSON.stringify(move.state)) as Json;
    if (move.done) {
      claim(inFlight.size === 0, `done with ${[...inFlight.keys()].join(", ")} in flight`);
      const late = await executor.next(state, { path: observed.started[0]?.path ?? "", agent: "late", ok: true, text: "late" });
      claim(late.dispatch.length === 0 && !late.done && !late.cancel, "a late result changed something after the end");
      return { ...observed, done: move.done };
    }
    const waiting = [...inFlight.values()];
    claim(waiting.length > 0, "nothing is in flight and the topology is not done");
    const next = waiting[world.pick(waiting.length)];
    if (!next) throw new RangeError("pick() gave an index that is not in flight");
    inFlight.delete(next.path);
    const settled: Settled = { path: next.path, agent: next.agent, ...world.answer(next) };
    observed.settled.push(settled);
    if (settled.ok) good.add(settled.path);
    cause = settled.path;
    move = await executor.next(freeze(state), settled);
  }
}
