import { Link } from "@tanstack/react-router";
import { duration, nanoMoney, percent } from "../ui/format.ts";
import { Status } from "../ui/Status.tsx";
import { Markdown } from "./Markdown.tsx";
import { Nothing, Part, Table } from "./panel-parts.tsx";
import type { AgentView } from "./agent-view.ts";
import type { RunView, StepView } from "./run-view.ts";

export function AgentInput({ view, agent, step }: { view: RunView; agent: AgentView; step: StepView | undefined }) {
  const inputs = (step?.inputs ?? []).map((path) => view.steps.findLast((each) => each.path === path));
  return (
    <>
      <Part title="Role">
        <p>{agent.role}</p>
        {view.planned ? (
          <Link
            to="/build/agents/$name"
            params={{ name: `${view.planned.plan.team.name}/${agent.id}` }}
            className="flex min-h-6 items-center self-start text-accent underline-offset-2 hover:underline"
          >
            Its other runs, and what it remembers
          </Link>
        ) : null}
      </Part>
      <Part title="Task">
        <p className="whitespace-pre-wrap break-words">{step?.asked?.task ?? agent.focus ?? view.task?.text}</p>
      </Part>
      {step?.asked?.instruction === undefined ? null : (
        <Part title="What it was asked to do">
          <p className="whitespace-pre-wrap break-words">{step.asked.instruction}</p>
        </Part>
      )}
      {step?.asked?.guidance === undefined ? null : (
        <Part title="How to go about it">
          <p className="whitespace-pre-wrap break-words text-muted">{step.asked.guidance}</p>
        </Part>
      )}
      <Part title="What it was shown">
        {!step ? <Nothing>It has not started.</Nothing> : null}
        {step && inputs.length === 0 ? <Nothing>{view.documents ? "The documents, and nothing of its colleagues." : "The task alone."}</Nothing> : null}
        {inputs.map((input, i) =>
          input ? (
            <details key={input.path} className="rounded-8 border border-line px-3 py-2">
              <summary className="min-h-6">
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
          {step.recalled.map((id) => {
            const episode = view.recalled.find((each) => each.id === id);
            return (
              <p key={id}>
                {episode?.task ?? id}
                {episode?.agent === undefined ? null : <span className="text-subtle"> (its own memory: {episode.summary})</span>}
              </p>
            );
          })}
        </Part>
      ) : null}
    </>
  );
}

export function AgentOutput({ step, onCite }: { step: StepView | undefined; onCite(citation: string): void }) {
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

/** Every step of an agent, newest first; choosing one shows its input and output. */
export function Attempts({ steps, at, onSelect }: { steps: StepView[]; at: string | undefined; onSelect(path: string): void }) {
  if (steps.length === 0) return <Nothing>It has not started.</Nothing>;
  return [...steps].reverse().map((step) => (
    <Part key={`${step.path}#${step.attempt}`} title={`${step.path}, attempt ${step.attempt}`}>
      <div className="flex items-center justify-between gap-2">
        <Status state={step.state} />
        {step.path === at ? (
          <span className="text-12 text-subtle">shown</span>
        ) : (
          <button type="button" onClick={() => onSelect(step.path)} className="min-h-6 text-12 text-accent underline-offset-2 hover:underline">
            Show {step.path}
          </button>
        )}
      </div>
      <p>
        Round {step.round} · {step.skill}
        {step.endedAt === undefined ? "" : ` · ${duration(step.endedAt - step.startedAt)}`}
      </p>
      {step.result ? <p className="text-muted">Finished: {step.result.finish}</p> : null}
    </Part>
  ));
}

export function AgentCost({ steps }: { steps: StepView[] }) {
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

export function AgentWhy({ steps }: { steps: StepView[] }) {
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
