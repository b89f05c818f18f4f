import type { Json } from "@orrery/kernel";
import { canonicalJson } from "../journal.ts";
import type { Dispatch, Move, Settled, TopologyExecutor } from "../topology.ts";
import { type Choices, hashOf } from "./random.ts";
import { hold, type Observed, type Scene, type Step } from "./scene.ts";

export interface Playing {
  /** Tells runs apart: marks of one never occur in another. */
  tag: string;
  /** Which of the steps under way settles next: an index below their number. */
  pick(underWay: readonly Dispatch[]): number;
  /** Steps under way at the same time; the others wait in the order they were dispatched. */
  limit?: number;
  fails?(dispatch: Dispatch): boolean;
  /** After every move: late, repeated and unknown results are tried on a copy, and must change nothing. */
  probing?: boolean;
  /** Called with what the run has been told so far, before each next settlement. */
  before?(told: readonly Settled[], dispatched: readonly Dispatch[], state: Json): Promise<void>;
}

/** A run that is played a settlement at a time. */
export interface Play {
  /** Settles one more step; false when the run is over. */
  advance(): Promise<boolean>;
  readonly observed: Observed;
}

const stepsAtMost = 20_000;
export const markOf = (tag: string, path: string): string => `m${hashOf(`${tag}|${path}`).toString(36).padStart(11, "0")}`;
/** What an agent's error says; no view and no outcome may hold it. */
export const secretOf = (tag: string, path: string): string => `s${hashOf(`${tag}!${path}`).toString(36).padStart(11, "0")}`;

function freeze<T>(value: T): T {
  if (value !== null && typeof value === "object" && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) freeze(member);
  }
  return value;
}
/** The state as a journal would give it back; it must come back as it went. */
function stored(state: Json): Json {
  hold(plain(state), "the state is not plain data: a journal would not give it back as it was");
  const back = JSON.parse(JSON.stringify(state)) as Json;
  return freeze(back);
}
function plain(value: unknown): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object") return false;
  if (Array.isArray(value)) return value.every(plain);
  const prototype = Object.getPrototypeOf(value) as unknown;
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every((member) => member === undefined || plain(member));
}

function wellFormed(dispatch: Dispatch, scene: Scene): void {
  const { path, agent, round, task, given = [], temperature } = dispatch;
  hold(typeof path === "string" && path !== "", "a step has no path");
  hold(
    scene.team.agents.some(({ id }) => id === agent),
    `${path} goes to "${agent}", who is not in the team`,
  );
  hold(Number.isInteger(round) && round >= 0, `${path} is of round ${round}`);
  hold(task === undefined || (typeof task === "string" && task.trim() !== ""), `${path} has an empty task`);
  hold(
    given.every(({ from, text }) => typeof from === "string" && typeof text === "string"),
    `${path} is given something without a name or a text`,
  );
  hold(temperature === undefined || (temperature >= 0 && temperature <= 2), `${path} has the temperature ${temperature}`);
  hold(plain(dispatch), `${path} is not plain data`);
}

/**
 * Plays one run of a scene as a runner would, and holds what every topology owes it: a step starts once, belongs to the team and sees settled outputs only;
 * only what is under way is cancelled; nothing is under way at the end; the state is plain data that `next` leaves alone; the outcome is a step that settled well, or a text.
 */
export function play(executor: TopologyExecutor, scene: Scene, playing: Playing): Play {
  const { tag, pick, limit = Number.POSITIVE_INFINITY, fails = () => false, probing = false } = playing;
  const observed: Observed = { steps: [], settled: [], cancelled: [], done: { output: undefined, failures: [] }, outcome: undefined };
  const outputs = new Map<string, { text: string; mark: string }>();
  const underWay = new Map<string, Dispatch>();
  const views = new Map<string, string>();
  let state: Json = null;
  let cause: string | undefined;
  let started = false;
  let over = false;

  const begin = (dispatch: Dispatch): void => {
    const { path, inputs, given = [] } = dispatch;
    wellFormed(dispatch, scene);
    hold(!views.has(path), `${path} was dispatched twice`);
    hold(observed.steps.length < stepsAtMost, `more than ${stepsAtMost} steps were asked for`);
    for (const input of inputs) hold(outputs.has(input), `${path} was to see ${input}, which has not settled well`);
    const view = [
      dispatch.task ?? scene.task,
      dispatch.instruction ?? "",
      ...inputs.map((input) => outputs.get(input)?.text ?? ""),
      ...given.map(({ text }) => text),
    ].join("\n");
    const sees = [...outputs].filter(([other, { mark }]) => inputs.includes(other) || view.includes(mark)).map(([other]) => other);
    views.set(path, view);
    underWay.set(path, dispatch);
    observed.steps.push({ dispatch, view, sees, after: [...outputs.keys()], cause });
  };
  const take = async (move: Move): Promise<void> => {
    for (const path of move.cancel ?? []) {
      hold(underWay.delete(path), `${path} was cancelled and is not under way`);
      observed.cancelled.push(path);
    }
    for (const dispatch of move.dispatch) begin(dispatch);
    state = stored(move.state);
    if (move.done) {
      hold(underWay.size === 0, () => `the run ended with ${[...underWay.keys()].join(", ")} under way`);
      const { output, text } = move.done;
      hold(output === undefined || outputs.has(output), `the outcome is ${output}, which has not settled well`);
      observed.done = move.done;
      observed.outcome = text ?? (output === undefined ? undefined : outputs.get(output)?.text);
      over = true;
    } else hold(underWay.size > 0, "nothing is under way and the run has not ended");
    if (probing) await probe();
  };
  const probe = async (): Promise<void> => {
    const settled = observed.settled.at(-1);
    const lost = observed.cancelled.at(-1);
    const strays = [...(settled ? [settled.path] : []), ...(lost !== undefined ? [lost] : []), `${observed.steps[0]?.dispatch.path ?? ""}/never-asked-for`];
    for (const path of strays) {
      for (const ok of [true, false]) {
        const agent = observed.steps.find((step) => step.dispatch.path === path)?.dispatch.agent ?? "nobody";
        const stray: Settled = { path, agent, ok, text: ok ? "late" : "", ...(ok ? {} : { error: { code: "LATE", message: "late" } }) };
        const move = await executor.next(state, stray);
        const unmoved = move.dispatch.length === 0 && !move.done && (move.cancel ?? []).length === 0 && canonicalJson(move.state) === canonicalJson(state);
        hold(unmoved, `the result of ${path}, which nobody waits for, changed something`);
      }
    }
  };
  const settle = (dispatch: Dispatch): Settled => {
    const { path, agent } = dispatch;
    if (fails(dispatch)) return { path, agent, ok: false, text: "", error: { code: "BROKEN", message: `it broke: ${secretOf(tag, path)}` } };
    const mark = markOf(tag, path);
    const answer = scene.script?.(dispatch, mark, views.get(path) ?? "") ?? { text: mark };
    outputs.set(path, { text: answer.text, mark });
    return { path, agent, ok: true, ...answer };
  };

  return {
    observed,
    async advance() {
      if (over) return false;
      if (!started) {
        started = true;
        await take(await executor.start(scene.team, scene.config, scene.task));
        return !over;
      }
      await playing.before?.(
        observed.settled,
        observed.steps.map((step) => step.dispatch),
        state,
      );
      const waiting = [...underWay.values()].slice(0, limit);
      const next = waiting[pick(waiting)];
      if (!next) throw new RangeError("pick() gave an index that is not under way");
      underWay.delete(next.path);
      const settled = settle(next);
      observed.settled.push(settled);
      cause = settled.path;
      await take(await executor.next(state, settled));
      return !over;
    },
  };
}

/** The whole run. */
export async function playOut(executor: TopologyExecutor, scene: Scene, playing: Playing): Promise<Observed> {
  const run = play(executor, scene, playing);
  while (await run.advance());
  return run.observed;
}

export const inAnyOrder =
  (choose: Choices): Playing["pick"] =>
  (underWay) =>
    choose.below(underWay.length);
/** Everything of one agent's settles last. */
export const waitingFor =
  (agent: string | undefined): Playing["pick"] =>
  (underWay) =>
    Math.max(
      0,
      underWay.findIndex((dispatch) => dispatch.agent !== agent),
    );

/** What a run came to, whatever order its steps settled in: who saw what, what failed, what came out. */
export const essence = ({ steps, done, outcome, cancelled }: Observed): string =>
  canonicalJson({
    steps: steps
      .map(({ dispatch: { path, agent, round, localOnly, bare, temperature }, view, sees }: Step) => ({
        path,
        agent,
        round,
        view,
        sees: [...sees].sort(),
        localOnly: localOnly ?? false,
        bare: bare ?? false,
        temperature: temperature ?? 0,
      }))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
    failed: done.failures.map(({ path }) => path).sort(),
    cancelled: [...cancelled].sort(),
    outcome: outcome ?? null,
  } as unknown as Json);
