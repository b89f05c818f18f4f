import { ChevronDown, ChevronRight, ListTree } from "lucide-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { nanoMoney, percent, plural } from "../ui/format.ts";
import { Status } from "../ui/Status.tsx";
import type { AgentView } from "./agent-view.ts";
import type { Edge } from "./graph/edges.ts";
import { type Row, rowsOf } from "./outline-rows.ts";
import type { StepView } from "./run-view.ts";

interface OutlineProps {
  agents: AgentView[];
  edges: readonly Edge[];
  steps: readonly StepView[];
  /** The agent that is inspected, and the one step of it, where one was chosen. */
  selected: string | undefined;
  at: string | undefined;
  onSelect(agent: string | undefined, at?: string): void;
  /** `f` on a step. */
  onFork(at: string): void;
}

/** The graph's twin: the same team, and under each agent its steps, as a tree to walk with the arrow keys. */
export function Outline({ agents, edges, steps, selected, at, onSelect, onFork }: OutlineProps) {
  const list = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const rows = rowsOf(agents, steps, open);
  const isSelected = (row: Row) => (row.kind === "agent" ? row.agent.id === selected && at === undefined : row.step.path === at);
  const chosen = rows.findIndex(isSelected);
  const toggle = (agent: string, wanted: boolean) => setOpen((now) => new Set([...now].filter((id) => id !== agent).concat(wanted ? [agent] : [])));
  const choose = (row: Row) => {
    if (isSelected(row)) onSelect(undefined);
    else if (row.kind === "agent") onSelect(row.agent.id);
    else onSelect(row.step.agent, row.step.path);
  };
  const focus = (i: number) => list.current?.querySelectorAll<HTMLElement>("[role=treeitem]")[Math.min(rows.length - 1, Math.max(0, i))]?.focus();
  const onKey = (event: KeyboardEvent<HTMLDivElement>, i: number) => {
    const row = rows[i];
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = row.kind === "agent" ? row.agent.step : row.step;
    const agentAt = rows.findIndex((each) => each.kind === "agent" && each.agent.id === (row.kind === "agent" ? row.agent.id : row.step.agent));
    if (event.key === "ArrowDown") focus(i + 1);
    else if (event.key === "ArrowUp") focus(i - 1);
    else if (event.key === "Home") focus(0);
    else if (event.key === "End") focus(rows.length - 1);
    else if (event.key === "Enter" || event.key === " ") choose(row);
    else if (event.key === "ArrowRight" && row.kind === "agent" && row.steps > 0) {
      if (open.has(row.agent.id)) focus(i + 1);
      else toggle(row.agent.id, true);
    } else if (event.key === "ArrowLeft") {
      if (row.kind === "agent") toggle(row.agent.id, false);
      else focus(agentAt);
    } else if (event.key === "f" && step) onFork(step.path);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <details className="group border-t border-line" open>
      <summary className="flex items-center gap-2 px-4 py-2 text-13 text-muted hover:text-fg">
        <ListTree aria-hidden className="size-4" strokeWidth={1.75} />
        Outline
      </summary>
      <div ref={list} role="tree" aria-label="Team outline" className="max-h-[480px] overflow-y-auto pb-2">
        {rows.map((row, i) => {
          const tab = i === Math.max(0, chosen) ? 0 : -1;
          const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => onKey(event, i);
          if (row.kind === "step") {
            return (
              <div
                key={`${row.step.path}#${row.step.attempt}`}
                role="treeitem"
                aria-level={2}
                aria-selected={isSelected(row)}
                tabIndex={tab}
                onKeyDown={onKeyDown}
                onClick={() => choose(row)}
                className="mx-2 flex min-h-7 cursor-pointer flex-wrap items-center gap-x-3 rounded-8 py-1 pe-2 ps-9 text-13 hover:bg-raised aria-selected:bg-raised"
              >
                <span className="min-w-32 break-all">{row.step.path}</span>
                <Status state={row.step.state} className="w-24" />
                <span className="min-w-0 flex-1 basis-full truncate text-muted sm:basis-0">
                  {row.step.inputs.length ? `saw ${row.step.inputs.join(", ")}` : "saw no colleague's work"}
                  {row.step.copied ? " · kept from the run it was forked from" : ""}
                  {row.step.attempt > 1 ? ` · attempt ${row.step.attempt}` : ""}
                </span>
              </div>
            );
          }
          const { agent } = row;
          const hears = edges.filter(({ to }) => to === agent.id).map(({ from }) => from);
          const Chevron = open.has(agent.id) ? ChevronDown : ChevronRight;
          return (
            <div
              key={agent.id}
              role="treeitem"
              aria-level={1}
              aria-selected={isSelected(row)}
              {...(row.steps > 0 ? { "aria-expanded": open.has(agent.id) } : {})}
              tabIndex={tab}
              onKeyDown={onKeyDown}
              onClick={() => choose(row)}
              className="mx-2 flex min-h-7 cursor-pointer flex-wrap items-center gap-x-3 rounded-8 px-2 py-1 text-13 hover:bg-raised aria-selected:bg-raised"
            >
              <span className="w-36 truncate font-medium" title={agent.role}>
                {agent.id}
              </span>
              <Status state={agent.state} className="w-24" />
              <span className="min-w-0 flex-1 basis-full truncate text-muted sm:basis-0">
                {hears.length === 0
                  ? "sees no colleague's work"
                  : hears.length > 6
                    ? `hears ${plural(hears.length, "colleague")}`
                    : `hears ${hears.join(", ")}`}
              </span>
              <span className="text-12 text-subtle">
                {agent.score === undefined ? "" : `judged ${percent(agent.score)} · `}
                {nanoMoney(agent.nano)}
              </span>
              {row.steps > 0 ? (
                <Chevron
                  aria-hidden
                  className="size-6 rounded-4 p-1 text-subtle hover:text-fg"
                  strokeWidth={1.75}
                  onClick={(event) => {
                    event.stopPropagation();
                    toggle(agent.id, !open.has(agent.id));
                  }}
                />
              ) : null}
            </div>
          );
        })}
      </div>
    </details>
  );
}
