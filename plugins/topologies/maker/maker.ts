import type { Dispatch, Settled } from "@orrery/sdk";
import { type Failure, failureOf, type Topology, type TypedMove } from "../kit/index.ts";
import { accuracyOf, type Calibration, measured, questionsOf } from "./calibrate.ts";
import { type MakerConfig, makerConfig, problemsOf } from "./config.ts";
import { type Decomposition, decompositionOf, taskOf } from "./decompose.ts";
import { leastMargin, samplesPerStep } from "./margin.ts";
import { ballotOf } from "./red-flag.ts";
import { type Candidate, counted, leadOf } from "./vote.ts";

/** What stays as it is from the first move to the last: passed on, never copied. */
type Fixed = { agents: string[]; task: string; steps: Decomposition; config: MakerConfig };
/** Of the steps behind it a state holds the last answer only, so that a run of any length moves at the same price. */
type State = {
  fixed: Fixed;
  /** As given, or as measured. */
  p: number;
  k: number;
  maxSamples: number;
  samples: number;
  flagged: number;
  /** The step under way, from 0, and the answer it starts from. */
  at: number;
  answer: string;
  winner: string | null;
  drawn: number;
  waiting: string[];
  tally: Candidate[];
  /** Every step's answer, where the outcome is all of them. */
  answers: string[];
  failures: Failure[];
  calibration: Calibration | null;
  over: boolean;
};
type Move = TypedMove<State>;
type Margin = Pick<State, "p" | "k" | "maxSamples">;

/** The margin for this accuracy, and after how many samples a step is undecided. */
function marginOf(config: MakerConfig, steps: number, p = config.p, unflagged = config.unflagged): Margin {
  const k = config.k ?? leastMargin(p, steps, config.target);
  return { p, k, maxSamples: config.maxSamples ?? Math.max(4 * k, Math.ceil(10 * samplesPerStep(p, k, unflagged))) };
}

const samplePath = (step: number, sample: number): string => `s${step}/v${sample}`;
const sampleOf = (path: string): number => Number(path.slice(path.lastIndexOf("v") + 1));
const inOrder = (a: string, b: string): number => sampleOf(a) - sampleOf(b);

function sample(state: State, number: number, text: string | undefined): Dispatch {
  const { agents, config } = state.fixed;
  const common = { path: samplePath(state.at, number), round: state.at, temperature: number === 0 ? 0 : config.temperature };
  if (text === undefined) return { ...common, agent: agents[state.at] ?? "", inputs: state.winner === null ? [] : [state.winner] };
  return { ...common, agent: agents[(state.at + number) % agents.length] ?? "", inputs: [], task: text, bare: true };
}

/** As many samples as it takes at least to put the leader `k` ahead: so a wave never draws one that a single vote at a time would not have drawn. */
function wave(state: State): Move {
  const size = Math.min(state.k - leadOf(state.tally).lead, state.maxSamples - state.drawn);
  if (size <= 0) return undecided(state);
  const text = taskOf(state.fixed.steps, state.at, state.answer, state.fixed.task);
  const dispatch = Array.from({ length: size }, (_, i) => sample(state, state.drawn + i, text));
  return { state: { ...state, drawn: state.drawn + size, samples: state.samples + size, waiting: dispatch.map(({ path }) => path) }, dispatch };
}

function end(state: State, result: { output: string | undefined; text?: string }, failure?: Failure): Move {
  const failures = failure ? [...state.failures, failure] : state.failures;
  const cancel = state.calibration ? state.calibration.waiting : state.waiting;
  return {
    state: { ...state, failures, waiting: [], calibration: null, over: true },
    dispatch: [],
    ...(cancel.length > 0 ? { cancel } : {}),
    done: { ...result, failures, facts: { steps: state.fixed.steps.count, p: state.p, k: state.k, samples: state.samples, flagged: state.flagged } },
  };
}

function undecided(state: State): Move {
  const { leader, lead } = leadOf(state.tally);
  const votes = leader ? `the best answer is ${lead} votes ahead, and ${state.k} are needed` : "none of them could be counted";
  const message = `step ${state.at + 1} of ${state.fixed.steps.count} is undecided after ${state.drawn} samples: ${votes}`;
  return end(state, { output: undefined }, { agent: state.fixed.agents[0] ?? "", path: `s${state.at}`, code: "MAKER_UNDECIDED", message });
}

function decided(state: State, winner: Candidate): Move {
  const { steps, config } = state.fixed;
  const answers = config.outcome === "all" ? [...state.answers, winner.text.trim()] : state.answers;
  if (state.at + 1 < steps.count)
    return wave({ ...state, at: state.at + 1, answer: winner.text.trim(), winner: winner.path, drawn: 0, waiting: [], tally: [], answers });
  return end({ ...state, answers }, answers.length > 1 ? { output: undefined, text: answers.join("\n\n") } : { output: winner.path });
}

function afterSample(state: State, settled: Settled): Move {
  const { flags, onAgentFailure } = state.fixed.config;
  const waiting = state.waiting.filter((path) => path !== settled.path);
  if (!settled.ok && onAgentFailure === "fail") return end({ ...state, waiting }, { output: undefined }, failureOf(settled));
  const ballot = settled.ok ? ballotOf(settled.text, flags) : undefined;
  const tally = ballot === undefined ? state.tally : counted(state.tally, { ballot, path: settled.path, text: settled.text }, inOrder);
  const failures = settled.ok ? state.failures : [...state.failures, failureOf(settled)];
  const flagged = state.flagged + (settled.ok && ballot === undefined ? 1 : 0);
  const after = { ...state, waiting, tally, flagged, failures };
  if (waiting.length > 0) return { state: after, dispatch: [] };
  const { leader, lead } = leadOf(tally);
  return leader && lead >= state.k ? decided(after, leader) : wave(after);
}

function afterQuestion(state: State, calibration: Calibration, settled: Settled): Move {
  const { config, steps, agents } = state.fixed;
  const failures = settled.ok ? state.failures : [...state.failures, failureOf(settled)];
  const after: State = { ...state, failures, calibration: measured(calibration, settled, config) };
  if (!settled.ok && config.onAgentFailure === "fail") return end(after, { output: undefined });
  if (after.calibration && after.calibration.waiting.length > 0) return { state: after, dispatch: [] };
  const { right, wrong, flagged } = after.calibration ?? calibration;
  const { p, unflagged } = accuracyOf({ right, wrong, flagged, waiting: [] });
  if (p > 0.5) return wave({ ...after, calibration: null, ...marginOf(config, steps.count, p, unflagged) });
  const message = `${right} of ${right + wrong} answers to the known questions were right, p = ${p.toFixed(2)}: with p of ½ or less no number of votes helps; make the steps smaller or take a better model`;
  return end({ ...after, calibration: null }, { output: undefined }, { agent: agents[0] ?? "", path: "calibrate", code: "MAKER_BELOW_HALF", message });
}

/**
 * A task taken apart as far as it goes, a vote on every step: the first answer to be `k` votes ahead is the step's, and all that the next step is told of it.
 * Red-flagged samples are thrown away and drawn again. The margin follows from how accurate one step is and how sure the whole is to be.
 */
export const maker = {
  id: "maker",
  config: makerConfig,
  problems: (_team, config) => problemsOf(config),
  predict: (team, config) => {
    const { count } = decompositionOf(team, config);
    const { k, maxSamples } = marginOf(config, count);
    const first = config.calibrate ? config.calibrate.questions.length * config.calibrate.samples : 0;
    const expected = first + Math.round(count * samplesPerStep(config.p, k, config.unflagged));
    return { min: first + count * (config.calibrate && config.k === undefined ? 1 : k), expected, max: Math.max(expected, first + count * maxSamples) };
  },
  edges: (team, config) => {
    const ids = team.agents.map(({ id }) => id);
    const { tasks, count } = decompositionOf(team, config);
    if (!tasks) return ids.slice(1).map((to, i) => ({ from: ids[i] ?? "", to }));
    const handed = count > 1 && tasks.some((text) => text.includes("{state}"));
    return handed ? ids.flatMap((from) => ids.filter((to) => to !== from).map((to) => ({ from, to }))) : [];
  },
  start: (team, config, task) => {
    const agents = team.agents.map(({ id }) => id);
    const steps = decompositionOf(team, config);
    const state: State = {
      fixed: { agents, task, steps, config },
      ...marginOf(config, steps.count),
      samples: 0,
      flagged: 0,
      at: 0,
      answer: steps.initial,
      winner: null,
      drawn: 0,
      waiting: [],
      tally: [],
      answers: [],
      failures: [],
      calibration: null,
      over: false,
    };
    const dispatch = questionsOf(config, agents);
    if (dispatch.length === 0) return wave(state);
    return { state: { ...state, calibration: { right: 0, wrong: 0, flagged: 0, waiting: dispatch.map(({ path }) => path) } }, dispatch };
  },
  next: (state, settled) => {
    if (state.over) return { state, dispatch: [] };
    if (state.calibration) {
      if (!state.calibration.waiting.includes(settled.path)) return { state, dispatch: [] };
      return afterQuestion(state, state.calibration, settled);
    }
    if (!state.waiting.includes(settled.path)) return { state, dispatch: [] };
    return afterSample(state, settled);
  },
} satisfies Topology<MakerConfig, State>;
