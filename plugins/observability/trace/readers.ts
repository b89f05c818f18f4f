import type { EventData, EventType, Json, RunStatus, Span } from "@orrery/sdk";
import type { Drafts } from "./drafts.ts";

interface Entry<T extends EventType> {
  readonly idx: number;
  readonly ts: number;
  readonly data: EventData<T>;
}

const stepId = ({ path, attempt }: { path: string; attempt: number }): string => `step:${path}#${attempt}`;

/** JSON as an attribute: one text, at most 500 characters. */
const shown = (value: Json): string => {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 500 ? `${text.slice(0, 499)}…` : text;
};

/** What the topology asked of the step. */
const askedOf = ({ asked: { task, instruction, guidance } = {} }: EventData<"step.started">): Record<string, string> => ({
  ...(task === undefined ? {} : { task }),
  ...(instruction === undefined ? {} : { instruction }),
  ...(guidance === undefined ? {} : { guidance }),
});

const ended: { readonly [S in RunStatus]: Span["status"] } = {
  running: "open",
  paused: "open",
  interrupted: "open",
  accepted: "ok",
  rejected: "ok",
  waiting: "ok",
  over_budget: "error",
  failed: "error",
  cancelled: "cancelled",
};

/** What each kind of entry says about a run's spans. A kind that is not here says nothing. */
export const readers: { readonly [T in EventType]?: (drafts: Drafts, entry: Entry<T>) => void } = {
  "run.submitted": (drafts, { idx, ts, data }) => drafts.open({ id: "run", name: "run", kind: "run", start: ts, idx, attributes: { task: data.task.text } }),

  "documents.read": (drafts, { idx, ts, data: { documents, skipped, ms } }) => {
    const sentences = documents.reduce((sum, document) => sum + document.sentences, 0);
    const attributes = { documents: documents.length, skipped: skipped.length, sentences };
    drafts.open({ id: `documents:${idx}`, name: "read documents", kind: "documents", start: ts - ms, end: ts, idx, attributes });
  },

  "memory.recalled": (drafts, { idx, ts, data }) =>
    drafts.open({
      id: `memory:${idx}`,
      parent: "plan",
      name: "recall",
      kind: "memory",
      start: drafts.before,
      end: ts,
      idx,
      attributes: { episodes: data.recalled.length },
    }),

  // Planning begins when the documents are read, and recalling is a part of it.
  "run.planned": (drafts, { idx, ts, data: { plan, by, predicted, estimate } }) => {
    const documents = drafts.all().find((draft) => draft.kind === "documents");
    const start = documents?.end ?? drafts.get("run")?.start ?? ts;
    for (const draft of drafts.all()) if (draft.kind === "memory") draft.start = Math.max(draft.start, start);
    const attributes = {
      team: plan.team.name,
      agents: plan.team.agents.length,
      topology: plan.topology.id,
      by,
      predictedCalls: predicted.expected,
      ...(estimate ? { predictedTokens: estimate.inputTokens + estimate.outputTokens, predictedNano: estimate.nano ?? "unknown" } : {}),
    };
    drafts.open({ id: "plan", name: "plan", kind: "plan", start, end: ts, idx, attributes });
  },

  "step.started": (drafts, { idx, ts, data }) => {
    const { path, agent, role, skill, attempt, round } = data;
    const attributes = { path, agent, role, skill, attempt, round, inputs: data.inputs.join(", "), recalled: data.recalled.length, ...askedOf(data) };
    drafts.begin(path, stepId(data));
    drafts.open({ id: stepId(data), name: agent, kind: "step", start: ts, idx, attributes });
  },

  "step.routed": (drafts, { data: { path, model, why } }) => {
    const step = drafts.get(drafts.stepAt(path));
    if (step) Object.assign(step.attributes, { model, why });
  },

  "budget.reserved": (drafts, { idx, ts, data: { reservation, origin, model, nano } }) => {
    const attributes = { model, agent: origin.agent, reservedNano: nano };
    drafts.open({ id: `model:${reservation}`, parent: drafts.stepAt(origin.step), name: model, kind: "model", start: ts, idx, attributes });
  },
  "budget.settled": (drafts, { ts, data: { reservation, nano, source, usage } }) =>
    drafts.close(`model:${reservation}`, ts, "ok", { nano, source, inputTokens: usage.inputTokens, outputTokens: usage.outputTokens }),
  "budget.released": (drafts, { ts, data }) => drafts.close(`model:${data.reservation}`, ts, "error", { released: true }),
  "budget.denied": (drafts, { idx, ts, data: { origin, model, reasons } }) => {
    const attributes = { model, agent: origin.agent, denied: reasons.join("; ") };
    drafts.open({ id: `denied:${idx}`, parent: drafts.stepAt(origin.step), name: model, kind: "model", start: ts, end: ts, status: "error", idx, attributes });
  },

  "tool.called": (drafts, { idx, ts, data: { path, call, tool, input, round, agent } }) =>
    drafts.open({
      id: `tool:${call}`,
      parent: drafts.stepAt(path),
      name: tool,
      kind: "tool",
      start: ts,
      idx,
      attributes: { agent, round, input: shown(input) },
    }),
  "tool.finished": (drafts, { ts, data: { call, ok, output } }) => drafts.close(`tool:${call}`, ts, ok ? "ok" : "error", { output: shown(output) }),
  "tool.denied": (drafts, { idx, ts, data: { path, tool, input, round, agent, reasons } }) => {
    const attributes = { agent, round, input: shown(input), denied: reasons.join("; ") };
    drafts.open({ id: `denied:${idx}`, parent: drafts.stepAt(path), name: tool, kind: "tool", start: ts, end: ts, status: "error", idx, attributes });
  },

  "step.finished": (drafts, { ts, data }) => {
    const { model, costNano, finish } = data.result;
    drafts.close(stepId(data), ts, "ok", { model, costNano, finish });
  },
  "step.failed": (drafts, { ts, data }) => drafts.close(stepId(data), ts, "error", { code: data.error.code, message: data.error.message }),
  "step.cancelled": (drafts, { ts, data }) => drafts.close(stepId(data), ts, "cancelled", { reason: data.reason }),

  // Judging belongs to the step, which lasts until it is judged.
  "step.judged": (drafts, { idx, ts, data }) => {
    const step = drafts.get(stepId(data));
    const scores = data.verdicts.filter((verdict) => verdict.decision !== "abstain").map((verdict) => verdict.score);
    const score = scores.length > 0 ? { score: scores.reduce((sum, each) => sum + each, 0) / scores.length } : {};
    const attributes = { verdicts: data.verdicts.length, missing: data.missing.join(", "), decision: data.decision.action, ...score };
    const start = step?.end ?? drafts.before;
    drafts.open({ id: `judge:${idx}`, parent: step?.id ?? "run", name: `judge ${data.agent}`, kind: "judge", start, end: ts, idx, attributes });
    if (step?.end !== undefined) step.end = ts;
  },
  "run.judged": (drafts, { idx, ts, data: { attempt, verdicts, missing, decision } }) => {
    const attributes = { attempt, verdicts: verdicts.length, missing: missing.join(", "), decision: decision.action };
    drafts.open({ id: `judge:${idx}`, name: "judge the outcome", kind: "judge", start: drafts.before, end: ts, idx, attributes });
  },

  "trace.hooks": (drafts, { idx, ts, data }) => {
    for (const { hook, calls, totalMs, errors } of data.hooks) {
      const status = errors > 0 ? "error" : "ok";
      drafts.open({ id: `hook:${hook}:${idx}`, name: hook, kind: "hook", start: ts, end: ts, status, idx, attributes: { calls, totalMs, errors } });
    }
  },
  "run.finished": (drafts, { ts, data: { status, observedCalls, error } }) =>
    drafts.close("run", ts, ended[status], { status, calls: observedCalls, ...(error ? { code: error.code } : {}) }),
};
