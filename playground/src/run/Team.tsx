import { lazy, Suspense } from "react";
import { plural } from "../ui/format.ts";
import { agentsOf, turnsOf } from "./agent-view.ts";
import { unroll } from "./graph/unroll.ts";
import { Outline } from "./Outline.tsx";
import { Rounds } from "./Rounds.tsx";
import { Strip } from "./Strip.tsx";
import type { RunView } from "./run-view.ts";

const Graph = lazy(() => import("./Graph.tsx").then((module) => ({ default: module.Graph })));

interface TeamProps {
  view: RunView;
  selected: string | undefined;
  at: string | undefined;
  round: number | undefined;
  onSelect(agent: string | undefined, at?: string): void;
  onRound(round: number | undefined): void;
  onFork(at: string): void;
}

/** Who works on the task and how it stands: drawn, and as an outline. */
export function Team({ view, selected, at, round, onSelect, onRound, onFork }: TeamProps) {
  const { planned, finished } = view;
  const turns = turnsOf(view);
  const steps = round === undefined || round >= turns.length - 1 ? view.steps : turns.slice(0, round + 1).flatMap((turn) => turn.steps);
  const agents = agentsOf(view, steps);
  // Layers of the same agents are told apart once there are steps to tell them by.
  const layered = planned?.plan.topology.id === "mixture-of-agents" && steps.length > 0;
  const drawn = layered ? unroll(steps) : { agents, edges: planned?.edges ?? [], steps };
  const chosen = layered ? (at ?? agents.find(({ id }) => id === selected)?.step?.path) : selected;
  const choose = (id: string | undefined) => (layered ? onSelect(steps.find(({ path }) => path === id)?.agent, id) : onSelect(id));
  return (
    <section aria-label="Team" className="overflow-hidden rounded-12 border border-line bg-surface">
      <div className="flex flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-2 text-13">
        <h2 className="font-semibold">{planned ? planned.plan.team.name : "Planning the team"}</h2>
        {planned ? (
          <p className="text-muted">
            {planned.plan.topology.id} · {plural(planned.predicted.expected, "call")} predicted
            {finished ? `, ${finished.observedCalls} made` : `, ${view.steps.length} begun`}
          </p>
        ) : null}
      </div>
      {planned ? (
        <>
          <Rounds turns={turns} round={round} onRound={onRound} />
          {planned.plan.topology.id === "maker" && turns.length > 0 ? <Strip turns={turns} round={round} onRound={onRound} /> : null}
          <Suspense fallback={<div className="h-[300px]" />}>
            <Graph topology={planned.plan.topology} {...drawn} selected={chosen} onSelect={choose} />
          </Suspense>
          <Outline agents={agents} edges={planned.edges} steps={steps} selected={selected} at={at} onSelect={onSelect} onFork={onFork} />
        </>
      ) : finished ? (
        <p className="p-4 text-muted">It ended before a team was planned.</p>
      ) : (
        <p role="status" className="p-4 text-muted">
          {view.documents ? `Read ${plural(view.documents.documents.length, "document")}. The planner is choosing who does what.` : "Reading the documents."}
        </p>
      )}
    </section>
  );
}
