import type { EventData, EventType, RunEvent, WatchMessage } from "@orrery/sdk";

export type StepState = "running" | "judging" | "retrying" | "done" | "failed" | "cancelled";
export interface StepView {
  path: string;
  agent: string;
  role: string;
  skill: string;
  attempt: number;
  round: number;
  state: StepState;
  inputs: string[];
  recalled: string[];
  feedback: string[];
  /** What the topology asked of it. */
  asked: EventData<"step.started">["asked"];
  route?: EventData<"step.routed">;
  /** What was streamed or, once it is there, the result. */
  text: string;
  result?: EventData<"step.finished">["result"];
  judged?: EventData<"step.judged">;
  error?: { code: string; message: string; plugin?: string | undefined; do?: string | undefined };
  nano: number;
  /** Settled in the run this one was forked from, and paid for there. */
  copied: boolean;
  startedAt: number;
  endedAt?: number;
}
/** A question to a person, and what was decided. */
export interface GateView {
  gate: string;
  ask: string;
  path: string | undefined;
  agent: string | undefined;
  /** What is to be approved, where the question carries it. */
  text: string | undefined;
  since: number;
  decided: EventData<"gate.decided"> | undefined;
}
/** Something people said to the run. */
export interface ToldView {
  what: "paused" | "resumed" | "redirected" | "cancelled" | "approved" | "denied";
  by: string;
  text: string;
  ts: number;
}
export interface RunView {
  run: string;
  task?: EventData<"run.submitted">["task"];
  /** The run it was forked from, and the step that was done anew. */
  from: EventData<"run.submitted">["from"];
  paused: boolean;
  gates: GateView[];
  told: ToldView[];
  /** Why it cannot go on for now. */
  stalled: EventData<"run.stalled">["error"] | undefined;
  documents?: EventData<"documents.read">;
  recalled: EventData<"memory.recalled">["recalled"];
  planned?: EventData<"run.planned">;
  /** Every attempt, in order of start. */
  steps: StepView[];
  judged?: EventData<"run.judged">;
  denied: EventData<"budget.denied">[];
  artifacts: EventData<"artifact.made">[];
  finished?: EventData<"run.finished">;
  nano: number;
  calls: number;
  inputTokens: number;
  outputTokens: number;
  startedAt: number;
  endedAt?: number;
  events: RunEvent[];
}

export const emptyRun = (run: string): RunView => ({
  run,
  from: undefined,
  paused: false,
  gates: [],
  told: [],
  stalled: undefined,
  recalled: [],
  steps: [],
  denied: [],
  artifacts: [],
  nano: 0,
  calls: 0,
  inputTokens: 0,
  outputTokens: 0,
  startedAt: 0,
  events: [],
});

type At = { path: string; attempt: number };
const keyOf = ({ path, attempt }: At): string => `${path}#${attempt}`;

/** A view being changed by a batch of messages: lists are copied once for the batch, and steps are found without a search. */
class Draft {
  readonly view: RunView;
  readonly #at = new Map<string, number>();
  readonly #latest = new Map<string, number>();

  constructor(view: RunView) {
    this.view = { ...view, steps: [...view.steps], events: [...view.events] };
    view.steps.forEach((step, i) => this.#note(step, i));
  }

  add(step: StepView): void {
    this.#note(step, this.view.steps.length);
    this.view.steps.push(step);
  }
  change(at: At, next: (step: StepView) => StepView): void {
    this.#set(this.#at.get(keyOf(at)), next);
  }
  changeLatest(path: string, next: (step: StepView) => StepView): void {
    this.#set(this.#latest.get(path), next);
  }

  tell(what: ToldView["what"], by: string, ts: number, text = ""): void {
    this.view.told = [...this.view.told, { what, by, text, ts }];
  }

  #note(step: StepView, i: number): void {
    this.#at.set(keyOf(step), i);
    this.#latest.set(step.path, i);
  }
  #set(i: number | undefined, next: (step: StepView) => StepView): void {
    const step = i === undefined ? undefined : this.view.steps[i];
    if (step && i !== undefined) this.view.steps[i] = next(step);
  }
}

type Fold = { [T in EventType]?: (draft: Draft, data: EventData<T>, event: RunEvent) => void };

const fold: Fold = {
  "run.submitted": ({ view }, { task, from }, { ts }) => void Object.assign(view, { task, from, startedAt: ts }),
  "documents.read": ({ view }, documents) => void Object.assign(view, { documents }),
  "memory.recalled": ({ view }, { recalled }) => void Object.assign(view, { recalled }),
  "run.planned": ({ view }, planned) => void Object.assign(view, { planned, stalled: undefined }),
  "run.paused": (draft, { by }, { ts }) => {
    draft.view.paused = true;
    draft.tell("paused", by, ts);
  },
  "run.resumed": (draft, { by, from }, { ts }) => {
    Object.assign(draft.view, { stalled: undefined, ...(from === "pause" ? { paused: false } : {}) });
    draft.tell("resumed", by, ts, from === "crash" ? "the tab or server that ran it was gone; steps that had settled are kept" : "");
  },
  "run.redirected": (draft, { by, instruction }, { ts }) => draft.tell("redirected", by, ts, instruction),
  "run.cancelled": (draft, { by, reason }, { ts }) => draft.tell("cancelled", by, ts, reason),
  "run.stalled": ({ view }, { error }) => void Object.assign(view, { stalled: error }),
  "gate.opened": ({ view }, { gate, ask, path, agent, artifact }, { ts }) => {
    view.gates = [...view.gates, { gate, ask, path, agent, text: artifact?.text, since: ts, decided: undefined }];
  },
  "gate.decided": (draft, decided, { ts }) => {
    draft.view.gates = draft.view.gates.map((gate) => (gate.gate === decided.gate ? { ...gate, decided } : gate));
    draft.tell(decided.decision === "approve" ? "approved" : "denied", decided.by, ts, [decided.gate, decided.note].filter(Boolean).join(": "));
  },
  "step.started": (draft, { path, agent, role, skill, attempt, round, inputs, recalled, feedback, asked }, { ts }) => {
    draft.changeLatest(path, (step) => (step.state === "retrying" ? { ...step, state: "done" } : step));
    draft.add({
      path,
      agent,
      role,
      skill,
      attempt,
      round,
      state: "running",
      inputs,
      recalled,
      feedback,
      asked,
      text: "",
      nano: 0,
      copied: false,
      startedAt: ts,
    });
  },
  "step.routed": (draft, route) => draft.change(route, (step) => ({ ...step, route })),
  "budget.settled": (draft, { origin, nano, usage }) => {
    draft.view.nano += nano;
    draft.view.calls += 1;
    draft.view.inputTokens += usage.inputTokens;
    draft.view.outputTokens += usage.outputTokens;
    draft.changeLatest(origin.step, (step) => ({ ...step, nano: step.nano + nano }));
  },
  "budget.denied": ({ view }, denied) => void (view.denied = [...view.denied, denied]),
  "step.finished": (draft, data, { ts }) =>
    draft.change(data, (step) => ({ ...step, state: "judging", text: data.result.text, result: data.result, copied: data.copied ?? false, endedAt: ts })),
  "step.failed": (draft, data, { ts }) => draft.change(data, (step) => ({ ...step, state: "failed", error: data.error, endedAt: ts })),
  "step.cancelled": (draft, data, { ts }) =>
    draft.change(data, (step) => ({ ...step, state: "cancelled", error: { code: "CANCELLED", message: data.reason }, endedAt: ts })),
  "step.judged": (draft, judged) => draft.change(judged, (step) => ({ ...step, judged, state: judged.decision.action === "retry" ? "retrying" : "done" })),
  "run.judged": ({ view }, judged) => void Object.assign(view, { judged }),
  "artifact.made": ({ view }, artifact) => void (view.artifacts = [...view.artifacts, artifact]),
  "run.finished": ({ view }, finished, { ts }) => {
    Object.assign(view, { finished, paused: false, endedAt: ts });
    view.steps = view.steps.map((step) =>
      step.state === "running" || step.state === "judging" || step.state === "retrying"
        ? { ...step, state: step.result ? "done" : "cancelled", endedAt: step.endedAt ?? ts }
        : step,
    );
  },
};

/** A run's view after more journal entries and pieces of streamed text, in linear time. Entries seen before change nothing. */
export function advance(before: RunView, messages: readonly WatchMessage[]): RunView {
  const draft = new Draft(before);
  const { view } = draft;
  for (const message of messages) {
    if (message.kind === "delta") {
      const { step, text } = message.delta;
      draft.changeLatest(step, (now) => (now.state === "running" ? { ...now, text: now.text + text } : now));
    }
    if (message.kind !== "event" || message.event.idx < view.events.length) continue;
    const { event } = message;
    view.events.push(event);
    const apply = fold[event.type as EventType] as ((draft: Draft, data: unknown, event: RunEvent) => void) | undefined;
    apply?.(draft, event.data, event);
  }
  return view;
}
