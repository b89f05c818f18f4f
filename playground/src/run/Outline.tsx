import { ListTree } from "lucide-react";
import { type KeyboardEvent, useRef } from "react";
import { nanoMoney, percent } from "../ui/format.ts";
import { Status } from "../ui/Status.tsx";
import type { AgentView } from "./run-view.ts";

/** The graph's twin: the same team as a tree to walk with the arrow keys. */
export function Outline({
  agents,
  edges,
  selected,
  onSelect,
}: {
  agents: AgentView[];
  edges: readonly { from: string; to: string }[];
  selected: string | undefined;
  onSelect(agent: string | undefined): void;
}) {
  const list = useRef<HTMLDivElement>(null);
  const onKey = (event: KeyboardEvent<HTMLDivElement>, at: number) => {
    const by = { ArrowDown: 1, ArrowUp: -1, Home: -at, End: agents.length - 1 - at }[event.key];
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      onSelect(agents[at]?.id === selected ? undefined : agents[at]?.id);
    } else if (by !== undefined) {
      event.preventDefault();
      list.current?.querySelectorAll<HTMLElement>("[role=treeitem]")[Math.min(agents.length - 1, Math.max(0, at + by))]?.focus();
    }
  };
  return (
    <details className="group border-t border-line" open>
      <summary className="flex items-center gap-2 px-4 py-2 text-13 text-muted hover:text-fg">
        <ListTree aria-hidden className="size-4" strokeWidth={1.75} />
        Outline
      </summary>
      <div ref={list} role="tree" aria-label="Team outline" className="pb-2">
        {agents.map((agent, at) => {
          const hears = edges.filter(({ to }) => to === agent.id).map(({ from }) => from);
          return (
            <div
              key={agent.id}
              role="treeitem"
              aria-selected={agent.id === selected}
              tabIndex={selected === agent.id || (at === 0 && !agents.some(({ id }) => id === selected)) ? 0 : -1}
              onKeyDown={(event) => onKey(event, at)}
              onClick={() => onSelect(agent.id === selected ? undefined : agent.id)}
              className="mx-2 flex min-h-7 cursor-pointer flex-wrap items-center gap-x-3 rounded-8 px-2 py-1 text-13 hover:bg-raised aria-selected:bg-raised"
            >
              <span className="w-36 truncate font-medium" title={agent.role}>
                {agent.id}
              </span>
              <Status state={agent.state} className="w-24" />
              <span className="min-w-0 flex-1 basis-full truncate text-muted sm:basis-0">
                {hears.length ? `hears ${hears.join(", ")}` : "sees no colleague's work"}
              </span>
              <span className="text-12 text-subtle">
                {agent.score === undefined ? "" : `judged ${percent(agent.score)} · `}
                {nanoMoney(agent.nano)}
              </span>
            </div>
          );
        })}
      </div>
    </details>
  );
}
