import type { Dispatch, Settled, Team } from "@orrery/sdk";
import { type Facts, type Failure, failureOf, type Topology, type TypedMove } from "../kit/index.ts";
import { type HybridConfig, hybridConfig, isPrivate, problemsOf, sidesOf, staysHere } from "./config.ts";
import { type Classify, redacted, restored, type Vault } from "./vault.ts";

type Side = "local" | "cloud";
type State = {
  local: string;
  cloud: string;
  config: HybridConfig;
  /** What may leave; null when nothing may. */
  safe: string | null;
  why: string;
  vault: Vault;
  /** How many steps were asked for, and which are under way. */
  asked: number;
  waiting: { path: string; side: Side; use: Use }[];
  /** Answers there are, as they may be read here. */
  answers: { path: string; side: Side; use: Use; text: string; restored: boolean }[];
  failures: Failure[];
  over: boolean;
};
/** The classifier with what a config says of taint. */
export type ClassifyFor = (config: HybridConfig) => Classify;
type Use = "solve" | "plan" | "ground" | "draft" | "refine" | "check";
type Move = TypedMove<State>;
type Order = { side: Side; use: Use; given?: NonNullable<Dispatch["given"]> };

const guidances: { readonly [use in Use]?: string } = {
  plan: "Plan how to do the task: the steps, what to look for, what to check. Words like ⟦NAME_1⟧ stand for what you are not told; keep them as they are.",
  ground: "Carry out the plan with the facts you have, and answer the task.",
  refine: "Improve the draft: correct, complete, order it. Words like ⟦NAME_1⟧ stand for what you are not told; keep them as they are.",
  check: "Two colleagues answered the task independently. Where they differ, decide by what you know, and give the answer.",
};
const standIns = "Words like ⟦NAME_1⟧ stand for what you are not told; keep them as they are.";

/** Asks both sides for what is listed. A cloud step sees redacted text and nothing else; a local one may be answered on this machine only. */
function ask(state: State, orders: readonly Order[]): Move {
  const { local, cloud, vault, safe } = state;
  const waiting = orders.map(({ side, use }, i) => ({ path: `s${state.asked + i}/${side}`, side, use }));
  const dispatch = orders.map(({ side, use, given }, i): Dispatch => {
    const guidance = guidances[use] ?? (side === "cloud" && vault.length > 0 ? standIns : undefined);
    const common = {
      path: waiting[i]?.path ?? "",
      round: state.asked + i,
      inputs: [],
      ...(guidance === undefined ? {} : { guidance }),
      ...(given ? { given } : {}),
    };
    if (side === "local") return { ...common, agent: local, localOnly: true, ...(use === "draft" ? { bare: true } : {}) };
    return { ...common, agent: cloud, task: safe ?? "", bare: true };
  });
  return { state: { ...state, asked: state.asked + orders.length, waiting: [...state.waiting, ...waiting] }, dispatch };
}

function factsOf({ config, safe, why, vault }: State): Facts {
  const spans: { [type: string]: number } = {};
  for (const { type } of vault) spans[type] = (spans[type] ?? 0) + 1;
  return { pattern: config.pattern, route: safe === null ? "local only" : vault.length > 0 ? "redacted" : "cloud", why, spans };
}

function end(state: State, answer: State["answers"][number] | undefined): Move {
  const cancel = state.waiting.map(({ path }) => path);
  return {
    state: { ...state, waiting: [], over: true },
    dispatch: [],
    ...(cancel.length > 0 ? { cancel } : {}),
    done: { output: answer?.path, ...(answer?.restored ? { text: answer.text } : {}), failures: state.failures, facts: factsOf(state) },
  };
}

const opening: { readonly [pattern in HybridConfig["pattern"]]: readonly Order[] } = {
  "sanitize-and-solve": [{ side: "cloud", use: "solve" }],
  "plan-then-ground": [{ side: "cloud", use: "plan" }],
  "escalate-on-hard": [{ side: "local", use: "solve" }],
  "draft-then-refine": [{ side: "local", use: "draft" }],
  "cross-check": [
    { side: "local", use: "solve" },
    { side: "cloud", use: "solve" },
  ],
};

const answerFor = ({ answers }: State, use: Use, side?: Side): State["answers"][number] | undefined =>
  answers.find((answer) => answer.use === use && (side === undefined || answer.side === side));
const asGiven = (from: string, text: string): NonNullable<Dispatch["given"]> => [{ from, text }];

/** What is done when nothing is under way any more: the next step of the pattern, or the end. */
async function onward(state: State, last: Settled & { use: Use; side: Side }, classify: ClassifyFor): Promise<Move> {
  const { config, answers } = state;
  const newest = answers.at(-1);
  switch (config.pattern) {
    case "sanitize-and-solve":
      // The cloud failed: this machine is what is left.
      if (!last.ok && last.side === "cloud") return ask(state, [{ side: "local", use: "solve" }]);
      return end(state, newest);
    case "plan-then-ground": {
      if (last.use !== "plan") return end(state, newest);
      const plan = answerFor(state, "plan");
      return ask(state, [{ side: "local", use: plan ? "ground" : "solve", ...(plan ? { given: asGiven("plan", plan.text) } : {}) }]);
    }
    case "escalate-on-hard": {
      if (last.side === "cloud" || state.safe === null) return end(state, newest);
      const hard = !last.ok || (last.score !== undefined && last.score < config.escalateBelow);
      return hard ? ask(state, [{ side: "cloud", use: "solve" }]) : end(state, newest);
    }
    case "draft-then-refine": {
      if (last.use !== "draft" || state.safe === null) return end(state, newest);
      const draft = answerFor(state, "draft");
      if (!draft) return ask(state, [{ side: "cloud", use: "solve" }]);
      const sent = await redacted(draft.text, state.vault, classify(config), (type) => isPrivate(config, type));
      if ("doubts" in sent || sent.types.some((type) => staysHere(config, type))) return end(state, draft);
      return ask({ ...state, vault: sent.vault }, [{ side: "cloud", use: "refine", given: asGiven("draft", sent.text) }]);
    }
    case "cross-check": {
      const here = answerFor(state, "solve", "local");
      const there = answerFor(state, "solve", "cloud");
      if (last.use === "check" || !here || !there) return end(state, answerFor(state, "check") ?? here ?? there);
      return ask(state, [{ side: "local", use: "check", given: [...asGiven("one", here.text), ...asGiven("another", there.text)] }]);
    }
  }
}

async function begin(team: Team, config: HybridConfig, task: string, classify: ClassifyFor): Promise<Move> {
  const sides = sidesOf(team, config);
  const base: State = { ...sides, config, safe: null, why: "", vault: [], asked: 0, waiting: [], answers: [], failures: [], over: false };
  const alone = (why: string): Move => ask({ ...base, why }, [{ side: "local", use: "solve" }]);
  const sent = await redacted(task, [], classify(config), (type) => isPrivate(config, type));
  if ("doubts" in sent) return alone(sent.doubts.join("; "));
  const kept = sent.types.filter((type) => staysHere(config, type));
  if (kept.length > 0) return alone(`it holds what stays here: ${kept.join(", ")}`);
  const why = sent.vault.length > 0 ? "what is private was taken out" : "nothing private was found";
  return ask({ ...base, safe: sent.text, vault: sent.vault, why }, opening[config.pattern]);
}

const callsOf: { readonly [pattern in HybridConfig["pattern"]]: { min: number; expected: number; max: number } } = {
  "sanitize-and-solve": { min: 1, expected: 1, max: 2 },
  "plan-then-ground": { min: 1, expected: 2, max: 2 },
  "escalate-on-hard": { min: 1, expected: 1, max: 2 },
  "draft-then-refine": { min: 1, expected: 2, max: 2 },
  "cross-check": { min: 1, expected: 3, max: 3 },
};

/**
 * What is private stays on this machine: a step that may be answered elsewhere is shown the task with it taken out, and nothing beside it; the answer gets it back here.
 * Where the classifier is missing, doubts or fails, every step stays here.
 */
export const hybrid = (classify: ClassifyFor) =>
  ({
    id: "hybrid",
    config: hybridConfig,
    problems: problemsOf,
    predict: (_team, { pattern }) => callsOf[pattern],
    edges: (team, config) => {
      const { local, cloud } = sidesOf(team, config);
      if (local === cloud) return [];
      if (config.pattern === "draft-then-refine") return [{ from: local, to: cloud }];
      return config.pattern === "plan-then-ground" || config.pattern === "cross-check" ? [{ from: cloud, to: local }] : [];
    },
    start: (team, config, task) => begin(team, config, task, classify),
    next: async (state, settled) => {
      const flight = state.waiting.find(({ path }) => path === settled.path);
      if (state.over || !flight) return { state, dispatch: [] };
      const waiting = state.waiting.filter((other) => other !== flight);
      if (!settled.ok) {
        const failed = { ...state, waiting, failures: [...state.failures, failureOf(settled)] };
        if (state.config.onAgentFailure === "fail") return end(failed, undefined);
        return waiting.length > 0 ? { state: failed, dispatch: [] } : onward(failed, { ...settled, ...flight }, classify);
      }
      const text = flight.side === "cloud" ? restored(settled.text, state.vault) : settled.text;
      const answer = { ...flight, text, restored: text !== settled.text };
      const order = (path: string): number => Number(path.slice(1).split("/")[0]);
      const answers = [...state.answers, answer].sort((a, b) => order(a.path) - order(b.path));
      const after = { ...state, waiting, answers };
      return waiting.length > 0 ? { state: after, dispatch: [] } : onward(after, { ...settled, ...flight }, classify);
    },
  }) satisfies Topology<HybridConfig, State>;
