import { lazy, Suspense } from "react";
import { duration, nanoMoney, percent, plural } from "../ui/format.ts";
import { Loading } from "../ui/States.tsx";
import { Status } from "../ui/Status.tsx";
import { Cite } from "./Markdown.tsx";
import { Nothing, Part, Table } from "./panel-parts.tsx";
import type { AgentView } from "./agent-view.ts";
import type { RunView } from "./run-view.ts";

const RunFiles = lazy(() => import("./RunFiles.tsx").then((module) => ({ default: module.RunFiles })));

export function RunInput({ view, onCite }: { view: RunView; onCite(citation: string): void }) {
  return (
    <>
      <Part title="Task">
        <p>{view.task?.text}</p>
      </Part>
      <Part title="Documents">
        {view.documents ? (
          <ul className="flex flex-col gap-1">
            {view.documents.documents.map((document) => (
              <li key={document.path} className="flex items-baseline justify-between gap-3">
                <button
                  type="button"
                  onClick={() => onCite(`${document.path}#1`)}
                  className="min-h-6 min-w-0 truncate text-start text-accent underline-offset-2 hover:underline"
                >
                  {document.title || document.path}
                </button>
                <span className="shrink-0 text-12 text-subtle">{document.sentences} sentences</span>
              </li>
            ))}
          </ul>
        ) : (
          <Nothing>None were given.</Nothing>
        )}
      </Part>
      <Part title="Recalled from earlier runs">
        {view.recalled.length === 0 ? <Nothing>Nothing near enough.</Nothing> : null}
        {view.recalled.map((episode) => (
          <div key={episode.id} className="flex flex-col gap-1 rounded-8 border border-line p-3">
            <p className="font-medium">{episode.task}</p>
            <p className="text-muted">{episode.summary}</p>
            <p className="text-12 text-subtle">
              {episode.agent === undefined ? "" : `${episode.agent} alone sees it · `}relevance {percent(episode.score)} · judged {percent(episode.judged)}
            </p>
            <p>
              {episode.claims.slice(0, 4).map((claim) => (
                <Cite key={`${claim.path}${claim.n}`} path={claim.path} n={claim.n} onCite={onCite} />
              ))}
            </p>
          </div>
        ))}
      </Part>
      {view.task?.constraints ? (
        <Part title="Limits">
          <p>
            {view.task.constraints.spending.allowed ? `May spend up to ${nanoMoney(view.task.constraints.spending.capNano)}` : "May spend nothing"}:{" "}
            {view.task.constraints.spending.why}.
          </p>
        </Part>
      ) : null}
    </>
  );
}

export function RunOutput({ view }: { view: RunView }) {
  const written = view.artifacts.some(({ version }) => version !== undefined);
  return (
    <>
      {view.finished ? <p>{plural(view.finished.output.split(/\s+/).filter(Boolean).length, "word")} of report.</p> : <Nothing>It has not ended.</Nothing>}
      <Part title="Files its agents wrote">
        {written ? (
          <Suspense fallback={<Loading what="Reading the files" />}>
            <RunFiles run={view.run} live={!view.finished} />
          </Suspense>
        ) : (
          <Nothing>None.</Nothing>
        )}
      </Part>
    </>
  );
}

export function RunStateTab({ view, agents, onSelect }: { view: RunView; agents: AgentView[]; onSelect(agent: string): void }) {
  return (
    <>
      <p className="text-muted">{view.events.length} journal entries so far.</p>
      <ul className="flex flex-col gap-1">
        {agents.map((agent) => (
          <li key={agent.id} className="flex items-center justify-between gap-2">
            <button type="button" onClick={() => onSelect(agent.id)} className="min-h-6 truncate text-accent underline-offset-2 hover:underline">
              {agent.id}
            </button>
            <Status state={agent.state} />
          </li>
        ))}
      </ul>
      {(view.finished?.failures ?? []).map((failure) => (
        <p key={failure.path} className="text-error">
          {failure.agent}: {failure.message}
        </p>
      ))}
    </>
  );
}

export function Events({ view, agent }: { view: RunView; agent: string | undefined }) {
  const events = view.events.filter(({ data }) => {
    if (agent === undefined) return true;
    const { agent: own, origin } = data as { agent?: string; origin?: { agent?: string } };
    return own === agent || origin?.agent === agent;
  });
  if (events.length === 0) return <Nothing>Nothing is recorded of it yet.</Nothing>;
  return (
    <ol className="flex flex-col gap-0.5 font-mono text-12">
      {events.map((event) => (
        <li key={event.idx}>
          <details>
            <summary className="flex min-h-7 items-center gap-2 rounded-4 px-1 hover:bg-raised">
              <span className="w-16 shrink-0 text-end text-subtle">{duration(event.ts - view.startedAt)}</span>
              <span className="min-w-0 truncate">{event.type}</span>
            </summary>
            <pre tabIndex={0} className="my-1 max-h-64 overflow-auto rounded-8 bg-raised p-2 text-11">
              {JSON.stringify(event.data, null, 2)}
            </pre>
          </details>
        </li>
      ))}
    </ol>
  );
}

export function RunCost({ view, agents }: { view: RunView; agents: AgentView[] }) {
  const { predicted, estimate } = view.planned ?? {};
  const whole = (n: number) => n.toLocaleString("en");
  return (
    <>
      {predicted && estimate ? (
        <Part title="Predicted before the run, and observed">
          <Table
            head={["", "Predicted", "Observed"]}
            rows={[
              ["Agents' calls", whole(predicted.expected), whole(view.finished?.observedCalls ?? view.steps.length)],
              ["Tokens in", whole(estimate.inputTokens), whole(view.inputTokens)],
              ["Tokens out", whole(estimate.outputTokens), whole(view.outputTokens)],
              ["Money", estimate.nano === undefined ? "unknown" : nanoMoney(estimate.nano), nanoMoney(view.nano)],
            ]}
          />
        </Part>
      ) : null}
      <Table
        head={["Agent", "Calls", "Cost"]}
        rows={[...agents.map((agent) => [agent.id, String(agent.calls), nanoMoney(agent.nano)]), ["Sum", String(view.calls), nanoMoney(view.nano)]]}
      />
      {view.denied.map((denied) => (
        <p key={`${denied.origin.step}${denied.model}`} className="text-warn">
          Denied: {denied.origin.agent} on {denied.model}. {denied.reasons.join(" ")}
        </p>
      ))}
    </>
  );
}

export function RunWhy({ view }: { view: RunView }) {
  const notes = view.planned?.plan.notes ?? [];
  return (
    <>
      <Part title="Why this team">
        {notes.length === 0 ? <Nothing>{view.planned ? "The planner left no note." : "It is not planned yet."}</Nothing> : null}
        {notes.map((note) => (
          <p key={`${note.by}${note.text}`}>
            {note.text} <span className="text-subtle">({note.by})</span>
          </p>
        ))}
      </Part>
      {view.judged ? (
        <Part title="Why it ended so">
          <p>
            <span className="font-medium">{view.judged.decision.action}</span>. {view.judged.decision.reasons.join(" ")}
          </p>
          {view.judged.verdicts.map((verdict, i) => (
            <p key={`${verdict.judge}${i}`}>
              {verdict.decision === "abstain" ? "abstains" : percent(verdict.score)} {verdict.judge}: {verdict.reasons.join(" ")}
            </p>
          ))}
        </Part>
      ) : null}
      {view.finished && view.finished.reasons.length > 0 ? (
        <Part title="In a sentence">
          {view.finished.reasons.map((reason) => (
            <p key={reason}>{reason}</p>
          ))}
        </Part>
      ) : null}
    </>
  );
}
