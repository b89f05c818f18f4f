import { useNavigate } from "@tanstack/react-router";
import { X } from "lucide-react";
import { Tabs } from "radix-ui";
import type { ReactNode } from "react";
import { Status } from "../ui/Status.tsx";
import { RunViews } from "../views/RunViews.tsx";
import { AgentCost, AgentInput, AgentOutput, AgentWhy, Attempts } from "./AgentPanels.tsx";
import { Events, RunCost, RunInput, RunOutput, RunStateTab, RunWhy } from "./RunPanels.tsx";
import type { AgentView } from "./agent-view.ts";
import type { RunView } from "./run-view.ts";

const tabs = ["input", "output", "state", "trace", "cost", "why", "views"] as const;
type TabName = (typeof tabs)[number];

interface InspectorProps {
  view: RunView;
  agents: AgentView[];
  selected: string | undefined;
  /** The path of one of its steps; the agent's latest when undefined. */
  at: string | undefined;
  tab: string | undefined;
  onSelect(agent: string | undefined, at?: string): void;
  onCite(citation: string): void;
}

/** Input, output, state, trace, cost and why: of the agent chosen in the graph, or of the whole run. */
export function Inspector({ view, agents, selected, at, tab, onSelect, onCite }: InspectorProps) {
  const navigate = useNavigate();
  const agent = agents.find(({ id }) => id === selected);
  const steps = view.steps.filter((step) => step.agent === selected);
  const shownStep = steps.findLast(({ path }) => path === at) ?? steps.at(-1);
  const shown: TabName = tabs.find((name) => name === tab) ?? (agent ? "output" : "why");
  const panels: Record<TabName, () => ReactNode> = agent
    ? {
        input: () => <AgentInput view={view} agent={agent} step={shownStep} />,
        output: () => <AgentOutput step={shownStep} onCite={onCite} />,
        state: () => <Attempts steps={steps} at={shownStep?.path} onSelect={(path) => onSelect(agent.id, path)} />,
        trace: () => <Events view={view} agent={agent.id} />,
        cost: () => <AgentCost steps={steps} />,
        why: () => <AgentWhy steps={steps} />,
        views: () => <RunViews run={view.run} />,
      }
    : {
        input: () => <RunInput view={view} onCite={onCite} />,
        output: () => <RunOutput view={view} />,
        state: () => <RunStateTab view={view} agents={agents} onSelect={onSelect} />,
        trace: () => <Events view={view} agent={undefined} />,
        cost: () => <RunCost view={view} agents={agents} />,
        why: () => <RunWhy view={view} />,
        views: () => <RunViews run={view.run} />,
      };
  return (
    <aside aria-label="Inspector" className="rounded-12 border border-line bg-surface lg:sticky lg:top-[68px] lg:max-h-[calc(100dvh-92px)] lg:overflow-y-auto">
      <header className="flex items-center gap-2 px-4 pt-3">
        <h2 className="min-w-0 truncate text-14 font-semibold">{agent ? agent.id : "The run"}</h2>
        {agent ? <Status state={(at && shownStep?.state) || agent.state} /> : null}
        {agent && shownStep && steps.length > 1 ? <code className="min-w-0 truncate font-mono text-12 text-muted">{shownStep.path}</code> : null}
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
