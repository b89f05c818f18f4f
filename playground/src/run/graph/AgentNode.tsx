import type { Node, NodeProps } from "@xyflow/react";
import { nanoMoney, percent } from "../../ui/format.ts";
import { Status } from "../../ui/Status.tsx";
import type { AgentView } from "../agent-view.ts";
import type { Density } from "./layout.ts";

export type AgentNode = Node<{ agent: AgentView; density: Density }, "agent">;

/** An agent in the drawing: as much of it as there is room for. */
export function AgentCard({ data: { agent, density }, selected }: NodeProps<AgentNode>) {
  const live = agent.state === "running" || agent.state === "judging";
  const edge = selected
    ? "border-accent outline outline-1 outline-accent"
    : live
      ? "border-running"
      : agent.state === "gate"
        ? "border-waiting"
        : "border-control";
  const title = `${agent.id}: ${agent.role}`;
  if (density === "dot") {
    return (
      <div className="flex h-14 w-[76px] flex-col items-center gap-1" title={title}>
        <span className={`flex size-8 items-center justify-center rounded-full border bg-surface ${edge} ${live ? "graph-live" : ""}`}>
          <Status state={agent.state} word={false} />
        </span>
        <span className="max-w-full truncate text-11">{agent.id}</span>
      </div>
    );
  }
  if (density === "chip") {
    return (
      <div className={`flex h-10 w-[148px] items-center gap-2 rounded-8 border bg-surface px-2.5 ${edge} ${live ? "graph-live" : ""}`} title={title}>
        <Status state={agent.state} word={false} />
        <span className="min-w-0 flex-1 truncate text-13 font-medium">{agent.id}</span>
        <span className="text-11 text-subtle">{agent.calls > 1 ? `${agent.calls}×` : agent.score === undefined ? "" : percent(agent.score)}</span>
      </div>
    );
  }
  return (
    <div
      className={`flex h-[92px] w-[216px] flex-col justify-between rounded-8 border bg-surface px-3 py-2 transition-colors duration-[120ms] ${edge} ${live ? "graph-live" : ""}`}
    >
      <div className="flex items-start justify-between gap-2">
        <span className="min-w-0 truncate text-13 font-semibold" title={agent.role}>
          {agent.id}
        </span>
        <Status state={agent.state} />
      </div>
      <p className="truncate text-12 text-muted">{agent.focus ?? agent.role}</p>
      <div className="flex items-center justify-between gap-2 text-12 text-subtle">
        <span className="truncate">{agent.step?.route?.model ?? agent.skill}</span>
        <span className="shrink-0">
          {agent.score === undefined ? "" : `${percent(agent.score)} · `}
          {nanoMoney(agent.nano)}
          {agent.calls > 1 ? ` · ${agent.calls}×` : ""}
        </span>
      </div>
    </div>
  );
}
