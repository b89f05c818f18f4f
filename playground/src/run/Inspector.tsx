import { useNavigate } from "@tanstack/react-router";
import { X } from "lucide-react";
import { Tabs } from "radix-ui";
import type { ReactNode } from "react";
import { duration, nanoMoney, percent } from "../ui/format.ts";
import { Status } from "../ui/Status.tsx";
import { Cite, Markdown } from "./Markdown.tsx";
import type { AgentView, RunView, StepView } from "./run-view.ts";

const tabs = ["input", "output", "state", "trace", "cost", "why"] as const;
type TabName = (typeof tabs)[number];

interface InspectorProps {
  view: RunView;
  agents: AgentView[];
  selected: string | undefined;
  tab: string | undefined;
  onSelect(agent: string | undefined): void;
  onCite(citation: string): void;
}

/** Input, output, state, trace, cost and why: of the agent chosen in the graph, or of the whole run. */
export function Inspector({ view, agents, selected, tab, onSelect, onCite }: InspectorProps) {
  const navigate = useNavigate();
  const agent = agents.find(({ id }) => id === selected);
  const steps = view.steps.filter((step) => step.agent === selected);
  const shown: TabName = tabs.find((name) => name === tab) ?? (agent ? "output" : "why");
  const panels: Record<TabName, () => ReactNode> = agent
    ? {
        input: () => <AgentInput view={view} agent={agent} step={steps.at(-1)} />,
        output: () => <AgentOutput step={steps.at(-1)} onCite={onCite} />,
        state: () => <Attempts steps={steps} />,
        trace: () => <Events view={view} agent={agent.id} />,
        cost: () => <AgentCost steps={steps} />,
        why: () => <AgentWhy steps={steps} />,
      }
    : {
        input: () => <RunInput view={view} onCite={onCite} />,
        output: () => <RunOutput view={view} />,
        state: () => <RunStateTab view={view} agents={agents} onSelect={onSelect} />,
        trace: () => <Events view={view} agent={undefined} />,
        cost: () => <RunCost view={view} agents={agents} />,
        why: () => <RunWhy view={view} />,
      };
  return (
    <aside aria-label="Inspector" className="rounded-12 border border-line bg-surface lg:sticky lg:top-[68px] lg:max-h-[calc(100dvh-92px)] lg:overflow-y-auto">
      <header className="flex items-center gap-2 px-4 pt-3">
        <h2 className="min-w-0 truncate text-14 font-semibold">{agent ? agent.id : "The run"}</h2>
        {agent ? <Status state={agent.state} /> : null}
        {agent ? (
          <button
            type="button"
            aria-label="Inspect the whole run"
            onClick={() => onSelect(undefined)}
            className="ml-auto flex size-7 items-center justify-center rounded-8 text-muted hover:bg-raised hover:text-fg"
          >
            <X aria-hidden className="size-4" strokeWidth={1.75} />
          </button>
        ) : null}
      </header>
      <Tabs.Root
        value={shown}
        onValueChange={(value) =>
          void navigate({
            to: "/run/$runId",
            params: { runId: view.run },
            search: (now) => ({ ...now, tab: value }) as { tab?: string },
            replace: true,
            resetScroll: false,
          })
        }
      >
        <Tabs.List aria-label="Inspect" className="flex gap-0.5 overflow-x-auto border-b border-line px-2 pt-1">
          {tabs.map((name) => (
            <Tabs.Trigger
              key={name}
              value={name}
              className="-mb-px border-b-2 border-transparent px-2 py-2 text-13 capitalize text-muted hover:text-fg data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-fg"
            >
              {name}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        {tabs.map((name) => (
          <Tabs.Content key={name} value={name} className="flex flex-col gap-4 p-4 text-13">
            {name === shown ? panels[name]() : null}
          </Tabs.Content>
        ))}
      </Tabs.Root>
    </aside>
  );
}

const Nothing = ({ children }: { children: ReactNode }) => <p className="text-muted">{children}</p>;

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-1.5">
      <h3 className="text-12 font-medium text-subtle">{title}</h3>
      {children}
    </section>
  );
}

function AgentInput({ view, agent, step }: { view: RunView; agent: AgentView; step: StepView | undefined }) {
  const inputs = (step?.inputs ?? []).map((path) => view.steps.findLast((each) => each.path === path));
  return (
    <>
      <Part title="Role">
        <p>{agent.role}</p>
      </Part>
      <Part title="Task">
        <p>{agent.focus ?? view.task?.text}</p>
      </Part>
      <Part title="What it was shown">
        {!step ? <Nothing>It has not started.</Nothing> : null}
        {step && inputs.length === 0 ? <Nothing>{view.documents ? "The documents, and nothing of its colleagues." : "The task alone."}</Nothing> : null}
        {inputs.map((input, i) =>
          input ? (
            <details key={input.path} className="rounded-8 border border-line px-3 py-2">
              <summary>
                {input.agent} <span className="text-subtle">({input.path})</span>
              </summary>
              <p className="whitespace-pre-wrap break-words pt-2 text-muted">{input.text}</p>
            </details>
          ) : (
            <p key={step?.inputs[i]}>{step?.inputs[i]}</p>
          ),
        )}
      </Part>
      {step && step.feedback.length > 0 ? (
        <Part title="Feedback of the judges on the attempt before">
          {step.feedback.map((line) => (
            <p key={line}>{line}</p>
          ))}
        </Part>
      ) : null}
      {step && step.recalled.length > 0 ? (
        <Part title="Recalled from memory">
          {step.recalled.map((id) => (
            <p key={id}>{view.recalled.find((each) => each.id === id)?.task ?? id}</p>
          ))}
        </Part>
      ) : null}
    </>
  );
}

function AgentOutput({ step, onCite }: { step: StepView | undefined; onCite(citation: string): void }) {
  if (!step) return <Nothing>It has not started.</Nothing>;
  if (step.error) {
    return (
      <>
        <p className="text-error">{step.error.message}</p>
        <p className="font-mono text-12 text-muted">{step.error.code}</p>
      </>
    );
  }
  if (step.text === "") return <Nothing>Nothing yet.</Nothing>;
  return (
    <div className="[&_.prose-report]:text-13 [&_.prose-report]:leading-5">
      <Markdown text={step.text} onCite={onCite} />
    </div>
  );
}

function Attempts({ steps }: { steps: StepView[] }) {
  if (steps.length === 0) return <Nothing>It has not started.</Nothing>;
  return steps.map((step) => (
    <Part key={`${step.path}#${step.attempt}`} title={`${step.path}, attempt ${step.attempt}`}>
      <Status state={step.state} />
      <p>
        Round {step.round} · {step.skill}
        {step.endedAt === undefined ? "" : ` · ${duration(step.endedAt - step.startedAt)}`}
      </p>
      {step.result ? <p className="text-muted">Finished: {step.result.finish}</p> : null}
    </Part>
  ));
}

function AgentCost({ steps }: { steps: StepView[] }) {
  if (steps.length === 0) return <Nothing>It has cost nothing yet.</Nothing>;
  return (
    <Table
      head={["Attempt", "Tokens in", "out", "Cost"]}
      rows={steps.map((step) => [
        `${step.path}${step.attempt > 1 ? ` (${step.attempt})` : ""}`,
        step.result?.usage.inputTokens.toLocaleString("en") ?? "–",
        step.result?.usage.outputTokens.toLocaleString("en") ?? "–",
        nanoMoney(step.nano),
      ])}
    />
  );
}

function AgentWhy({ steps }: { steps: StepView[] }) {
  const decided = steps.filter(({ route, judged }) => route || judged);
  if (decided.length === 0) return <Nothing>No decision about it has been taken.</Nothing>;
  return decided.map((step) => (
    <Part key={`${step.path}#${step.attempt}`} title={`${step.path}, attempt ${step.attempt}`}>
      {step.route ? (
        <p>
          <span className="font-medium">{step.route.model}</span>: {step.route.why} <span className="text-subtle">({step.route.by})</span>
        </p>
      ) : null}
      {step.route?.considered
        .filter(({ model }) => model !== step.route?.model)
        .map(({ model, why }) => (
          <p key={model} className="text-muted">
            Not {model}: {why}
          </p>
        ))}
      {step.judged?.verdicts.map((verdict, i) => (
        <p key={`${verdict.judge}${i}`}>
          <span className={verdict.decision === "reject" ? "text-error" : verdict.decision === "accept" ? "text-ok" : "text-subtle"}>
            {verdict.decision === "abstain" ? "abstains" : percent(verdict.score)}
          </span>{" "}
          {verdict.judge}: {verdict.reasons.join(" ")}
        </p>
      ))}
      {step.judged ? (
        <p className="font-medium">
          {step.judged.decision.action}. <span className="font-normal text-muted">{step.judged.decision.reasons.join(" ")}</span>
        </p>
      ) : null}
    </Part>
  ));
}

function RunInput({ view, onCite }: { view: RunView; onCite(citation: string): void }) {
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
              relevance {percent(episode.score)} · judged {percent(episode.judged)}
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

function RunOutput({ view }: { view: RunView }) {
  if (!view.finished) return <Nothing>It has not ended.</Nothing>;
  return (
    <>
      <p>
        {view.finished.output.split(/\s+/).filter(Boolean).length} words, {view.artifacts.length} {view.artifacts.length === 1 ? "file" : "files"}.
      </p>
      {view.artifacts.map((artifact) => (
        <p key={artifact.name}>
          {artifact.name} <span className="text-subtle">{artifact.mediaType}</span>
        </p>
      ))}
    </>
  );
}

function RunStateTab({ view, agents, onSelect }: { view: RunView; agents: AgentView[]; onSelect(agent: string): void }) {
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

function Events({ view, agent }: { view: RunView; agent: string | undefined }) {
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
            <summary className="flex gap-2 rounded-4 px-1 hover:bg-raised">
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

function RunCost({ view, agents }: { view: RunView; agents: AgentView[] }) {
  return (
    <>
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

function RunWhy({ view }: { view: RunView }) {
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

function Table({ head, rows }: { head: string[]; rows: string[][] }) {
  return (
    <table className="w-full text-13">
      <thead>
        <tr className="text-12 text-subtle">
          {head.map((name, i) => (
            <th key={name} className={`pb-1 font-medium ${i === 0 ? "text-start" : "text-end"}`}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {rows.map((row) => (
          <tr key={row[0]}>
            {row.map((cell, i) => (
              <td key={head[i]} className={`py-1 ${i === 0 ? "break-words text-start" : "text-end"}`}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
