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
  route?: EventData<"step.routed">;
  /** What was streamed or, once it is there, the result. */
  text: string;
  result?: EventData<"step.finished">["result"];
  judged?: EventData<"step.judged">;
  error?: { code: string; message: string; plugin?: string | undefined; do?: string | undefined };
  nano: number;
  startedAt: number;
  endedAt?: number;
}
export interface RunView {
  run: string;
  task?: EventData<"run.submitted">["task"];
  status: string;
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
  status: "running",
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

type At = { path: string; agent: string; attempt: number };
const sameStep = (at: At) => (step: StepView) => step.path === at.path && step.attempt === at.attempt;

type Fold = { [T in EventType]?: (view: RunView, data: EventData<T>, event: RunEvent) => RunView };

const change = (view: RunView, at: At, next: (step: StepView) => StepView): RunView => ({
  ...view,
  steps: view.steps.map((step) => (sameStep(at)(step) ? next(step) : step)),
});

const fold: Fold = {
  "run.submitted": (view, { task }, { ts }) => ({ ...view, task, startedAt: ts }),
  "documents.read": (view, documents) => ({ ...view, documents }),
  "memory.recalled": (view, { recalled }) => ({ ...view, recalled }),
  "run.planned": (view, planned) => ({ ...view, planned }),
  "step.started": (view, data, { ts }) => ({
    ...view,
    steps: [
      ...view.steps.map((step) => (step.path === data.path && step.state === "retrying" ? { ...step, state: "done" as const } : step)),
      {
        path: data.path,
        agent: data.agent,
        role: data.role,
        skill: data.skill,
        attempt: data.attempt,
        round: data.round,
        state: "running",
        inputs: data.inputs,
        recalled: data.recalled,
        feedback: data.feedback,
        text: "",
        nano: 0,
        startedAt: ts,
      },
    ],
  }),
  "step.routed": (view, route) => change(view, route, (step) => ({ ...step, route })),
  "budget.settled": (view, { origin, nano, usage }) => {
    const at = view.steps.findLastIndex((step) => step.path === origin.step);
    return {
      ...view,
      nano: view.nano + nano,
      calls: view.calls + 1,
      inputTokens: view.inputTokens + usage.inputTokens,
      outputTokens: view.outputTokens + usage.outputTokens,
      steps: view.steps.map((step, i) => (i === at ? { ...step, nano: step.nano + nano } : step)),
    };
  },
  "budget.denied": (view, denied) => ({ ...view, denied: [...view.denied, denied] }),
  "step.finished": (view, data, { ts }) =>
    change(view, data, (step) => ({ ...step, state: "judging", text: data.result.text, result: data.result, endedAt: ts })),
  "step.failed": (view, data, { ts }) => change(view, data, (step) => ({ ...step, state: "failed", error: data.error, endedAt: ts })),
  "step.cancelled": (view, data, { ts }) =>
    change(view, data, (step) => ({ ...step, state: "cancelled", error: { code: "CANCELLED", message: data.reason }, endedAt: ts })),
  "step.judged": (view, judged) => change(view, judged, (step) => ({ ...step, judged, state: judged.decision.action === "retry" ? "retrying" : "done" })),
  "run.judged": (view, judged) => ({ ...view, judged }),
  "artifact.made": (view, artifact) => ({ ...view, artifacts: [...view.artifacts, artifact] }),
  "run.finished": (view, finished, { ts }) => ({
    ...view,
    finished,
    status: finished.status,
    endedAt: ts,
    steps: view.steps.map((step) =>
      step.state === "running" || step.state === "judging" || step.state === "retrying"
        ? { ...step, state: step.result ? ("done" as const) : ("cancelled" as const), endedAt: step.endedAt ?? ts }
        : step,
    ),
  }),
};

/** A run's view after one more journal entry or piece of streamed text. Entries seen before change nothing. */
export function advance(view: RunView, message: WatchMessage): RunView {
  if (message.kind === "end") return view;
  if (message.kind === "delta") {
    const { step: path, text } = message.delta;
    const at = view.steps.findLastIndex((step) => step.path === path && step.state === "running");
    return at < 0 ? view : { ...view, steps: view.steps.map((step, i) => (i === at ? { ...step, text: step.text + text } : step)) };
  }
  const { event } = message;
  if (event.idx < view.events.length) return view;
  const heard = { ...view, events: [...view.events, event] };
  const apply = fold[event.type as EventType] as ((view: RunView, data: unknown, event: RunEvent) => RunView) | undefined;
  return apply ? apply(heard, event.data, event) : heard;
}

export interface AgentView {
  id: string;
  role: string;
  skill: string;
  focus: string | undefined;
  state: string;
  /** Its latest attempt. */
  step: StepView | undefined;
  nano: number;
  calls: number;
  score: number | undefined;
}

/** The team as it stands: each agent with its latest attempt. Agents the plan did not name (a reducer) come after those it did. */
export function agentsOf(view: RunView): AgentView[] {
  const planned = view.planned?.plan.team.agents ?? [];
  const extra = view.steps.filter((step, i, all) => !planned.some(({ id }) => id === step.agent) && all.findIndex(({ agent }) => agent === step.agent) === i);
  const known = [
    ...planned.map(({ id, role, skill, focus }) => ({ id, role, skill, focus })),
    ...extra.map(({ agent, role, skill }) => ({ id: agent, role, skill, focus: undefined })),
  ];
  return known.map((agent) => {
    const own = view.steps.filter((step) => step.agent === agent.id);
    const step = own.at(-1);
    return {
      ...agent,
      step,
      state: step?.state ?? "pending",
      nano: own.reduce((sum, { nano }) => sum + nano, 0),
      calls: own.length,
      score: meanScore(step?.judged?.verdicts),
    };
  });
}

/** Mean of the judges that did not abstain. */
export function meanScore(verdicts: readonly { score: number; decision: string }[] | undefined): number | undefined {
  const counted = (verdicts ?? []).filter(({ decision }) => decision !== "abstain");
  return counted.length === 0 ? undefined : counted.reduce((sum, { score }) => sum + score, 0) / counted.length;
}
