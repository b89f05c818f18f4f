import { type JournalEntry, type RunStatus, type Span, type TypedRunEvent, typed } from "@orrery/sdk";

type Entry = Pick<JournalEntry, "idx" | "type" | "ts" | "data">;
/** A span being read; `end` stays undefined until an entry closes it. */
type Draft = Omit<Span, "startMs" | "endMs"> & { start: number; end: number | undefined };
type Of<T extends TypedRunEvent["type"]> = Extract<TypedRunEvent, { type: T }>;

const ended: { readonly [S in RunStatus]: Span["status"] } = {
  running: "open",
  accepted: "ok",
  rejected: "ok",
  waiting: "ok",
  over_budget: "error",
  failed: "error",
  cancelled: "cancelled",
};

/** Reads a run's entries one after another into spans. */
class Reader {
  readonly drafts = new Map<string, Draft>();
  /** When the entry before this one was written: where what has no entry for its beginning began. */
  #before = 0;
  /** The attempt under way at each step's path. */
  readonly #steps = new Map<string, string>();

  read(entry: Entry): void {
    const event = typed(entry) as (TypedRunEvent & Entry) | undefined;
    if (event) this.#event(event);
    this.#before = entry.ts;
  }

  #open(draft: Omit<Draft, "start" | "end"> & { start: number; end?: number }): void {
    this.drafts.set(draft.id, { ...draft, end: draft.end });
  }

  #close(id: string, end: number, status: Span["status"], attributes: Span["attributes"] = {}): void {
    const draft = this.drafts.get(id);
    if (!draft) return;
    Object.assign(draft.attributes, attributes);
    draft.end = end;
    draft.status = status;
  }

  #event(event: TypedRunEvent): void {
    const { idx, ts } = event;
    switch (event.type) {
      case "run.submitted":
        return this.#open({ id: "run", parent: undefined, name: "run", kind: "run", start: ts, status: "open", idx, attributes: { task: event.data.task.text } });
      case "documents.read": {
        const { documents, skipped, ms } = event.data;
        const sentences = documents.reduce((sum, document) => sum + document.sentences, 0);
        return this.#open({ id: `documents:${idx}`, parent: "run", name: "read documents", kind: "documents", start: ts - ms, end: ts, status: "ok", idx, attributes: { documents: documents.length, skipped: skipped.length, sentences } });
      }
      case "memory.recalled":
        return this.#open({ id: `memory:${idx}`, parent: "plan", name: "recall", kind: "memory", start: this.#before, end: ts, status: "ok", idx, attributes: { episodes: event.data.recalled.length } });
      case "run.planned":
        return this.#planned(event);
      case "step.started":
        return this.#started(event);
      case "step.routed":
        return this.#note(event.data.path, { model: event.data.model, why: event.data.why });
      case "budget.reserved": {
        const { reservation, origin, model } = event.data;
        return this.#open({ id: `model:${reservation}`, parent: this.#steps.get(origin.step) ?? "run", name: model, kind: "model", start: ts, status: "open", idx, attributes: { model, agent: origin.agent, reservedNano: event.data.nano } });
      }
      case "budget.settled": {
        const { reservation, nano, source, usage } = event.data;
        return this.#close(`model:${reservation}`, ts, "ok", { nano, source, inputTokens: usage.inputTokens, outputTokens: usage.outputTokens });
      }
      case "budget.released":
        return this.#close(`model:${event.data.reservation}`, ts, "error", { released: true });
      case "budget.denied": {
        const { origin, model, reasons } = event.data;
        return this.#open({ id: `denied:${idx}`, parent: this.#steps.get(origin.step) ?? "run", name: model, kind: "model", start: ts, end: ts, status: "error", idx, attributes: { model, agent: origin.agent, denied: reasons.join("; ") } });
      }
      case "step.finished": {
        const { result } = event.data;
        return this.#close(stepId(event.data), ts, "ok", { model: result.model, costNano: result.costNano, finish: result.finish });
      }
      case "step.failed":
        return this.#close(stepId(event.data), ts, "error", { code: event.data.error.code, message: event.data.error.message });
      case "step.cancelled":
        return this.#close(stepId(event.data), ts, "cancelled", { reason: event.data.reason });
      case "step.judged":
        return this.#stepJudged(event);
      case "run.judged": {
        const { attempt, verdicts, missing, decision } = event.data;
        return this.#open({ id: `judge:${idx}`, parent: "run", name: "judge the outcome", kind: "judge", start: this.#before, end: ts, status: "ok", idx, attributes: { attempt, verdicts: verdicts.length, missing: missing.join(", "), decision: decision.action } });
      }
      case "trace.hooks":
        for (const { hook, calls, totalMs, errors } of event.data.hooks) {
          this.#open({ id: `hook:${hook}:${idx}`, parent: "run", name: hook, kind: "hook", start: ts, end: ts, status: errors > 0 ? "error" : "ok", idx, attributes: { calls, totalMs, errors } });
        }
        return;
      case "run.finished":
        return this.#close("run", ts, ended[event.data.status], { status: event.data.status, calls: event.data.observedCalls, ...(event.data.error ? { code: event.data.error.code } : {}) });
      default:
        return;
    }
  }

  #planned({ idx, ts, data }: Of<"run.planned">): void {
    const documents = [...this.drafts.values()].find((draft) => draft.kind === "documents");
    const start = documents?.end ?? this.drafts.get("run")?.start ?? ts;
    for (const draft of this.drafts.values()) if (draft.kind === "memory") draft.start = Math.max(draft.start, start);
    this.#open({ id: "plan", parent: "run", name: "plan", kind: "plan", start, end: ts, status: "ok", idx, attributes: { team: data.plan.team.name, agents: data.plan.team.agents.length, topology: data.plan.topology.id, by: data.by, predictedCalls: data.predicted.expected } });
  }

  #started({ idx, ts, data }: Of<"step.started">): void {
    const id = stepId(data);
    this.#steps.set(data.path, id);
    this.#open({ id, parent: "run", name: data.agent, kind: "step", start: ts, status: "open", idx, attributes: { path: data.path, agent: data.agent, role: data.role, skill: data.skill, attempt: data.attempt, round: data.round, inputs: data.inputs.join(", "), recalled: data.recalled.length } });
  }

  #note(path: string, attributes: Span["attributes"]): void {
    const draft = this.drafts.get(this.#steps.get(path) ?? "");
    if (draft) Object.assign(draft.attributes, attributes);
  }

  /** Judging belongs to the step, which lasts until it is judged. */
  #stepJudged({ idx, ts, data }: Of<"step.judged">): void {
    const step = this.drafts.get(stepId(data));
    const scores = data.verdicts.filter((verdict) => verdict.decision !== "abstain").map((verdict) => verdict.score);
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    const attributes = { verdicts: data.verdicts.length, missing: data.missing.join(", "), decision: data.decision.action, ...(scores.length > 0 ? { score: mean } : {}) };
    this.#open({ id: `judge:${idx}`, parent: step?.id ?? "run", name: `judge ${data.agent}`, kind: "judge", start: step?.end ?? this.#before, end: ts, status: "ok", idx, attributes });
    if (step?.end !== undefined) step.end = ts;
  }
}

const stepId = ({ path, attempt }: { path: string; attempt: number }): string => `step:${path}#${attempt}`;

/**
 * A run's spans, read off its journal entries and nothing else: the same entries give the same spans, half a journal gives half a trace.
 * In order of start, a parent before its children; times in ms from the first entry. A span without its closing entry is `open` and ends with the last entry.
 * Hook spans are sums (`calls`, `totalMs`), placed without length where they were written. A memory span before any plan has the run's plan as its parent to be.
 */
export function spansOf(entries: readonly Entry[]): Span[] {
  const first = entries[0];
  const last = entries.at(-1);
  if (!first || !last) return [];
  const reader = new Reader();
  for (const entry of entries) reader.read(entry);
  const { drafts } = reader;
  const parentOf = (draft: Draft): string | undefined => (draft.parent !== undefined && !drafts.has(draft.parent) ? (drafts.has("run") ? "run" : undefined) : draft.parent);
  const depth = (draft: Draft): number => {
    const parent = drafts.get(parentOf(draft) ?? "");
    return parent ? 1 + depth(parent) : 0;
  };
  return [...drafts.values()]
    .sort((a, b) => a.start - b.start || depth(a) - depth(b) || a.idx - b.idx)
    .map((draft) => {
      const { start, end = last.ts, ...span } = draft;
      return { ...span, parent: parentOf(draft), startMs: Math.max(0, start - first.ts), endMs: Math.max(0, start - first.ts, end - first.ts) };
    });
}
