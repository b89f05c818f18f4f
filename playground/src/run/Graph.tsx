import dagre from "@dagrejs/dagre";
import {
  Background,
  BackgroundVariant,
  Controls,
  type Edge,
  Handle,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import "./graph.css";
import { useEffect, useMemo, useRef, useState } from "react";
import { nanoMoney, percent } from "../ui/format.ts";
import { Status } from "../ui/Status.tsx";
import type { AgentView } from "./run-view.ts";

const size = { width: 216, height: 92 };
type AgentNode = Node<{ agent: AgentView; vertical: boolean }, "agent">;

function AgentCard({ data: { agent, vertical }, selected }: NodeProps<AgentNode>) {
  const live = agent.state === "running" || agent.state === "judging";
  return (
    <div
      className={`flex h-[92px] w-[216px] flex-col justify-between rounded-8 border bg-surface px-3 py-2 transition-colors duration-[120ms] ${selected ? "border-accent outline outline-1 outline-accent" : live ? "border-running" : "border-control"}`}
    >
      <Handle type="target" position={Position.Left} isConnectable={false} />
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
      <Handle type="source" position={vertical ? Position.Left : Position.Right} isConnectable={false} />
    </div>
  );
}
const nodeTypes = { agent: AgentCard };

/** Where each agent stands: left to right by dagre, agents side by side in the team's order; in a narrow space one below the other. */
function layout(ids: readonly string[], edges: readonly { from: string; to: string }[], vertical: boolean): Map<string, { x: number; y: number }> {
  if (vertical) return new Map(ids.map((id, i) => [id, { x: 0, y: i * (size.height + 16) }]));
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 24, ranksep: 56 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const id of ids) graph.setNode(id, { ...size });
  for (const { from, to } of edges) graph.setEdge(from, to);
  dagre.layout(graph);
  const places = new Map(ids.map((id) => [id, { x: graph.node(id).x - size.width / 2, y: graph.node(id).y - size.height / 2 }]));
  // Interchangeable agents (the same neighbours) take one another's places freely: no edge crosses for it.
  const peers = new Map<string, string[]>();
  for (const id of ids) {
    const neighbours = edges
      .flatMap(({ from, to }) => (from === id ? [`>${to}`] : to === id ? [`<${from}`] : []))
      .sort()
      .join(" ");
    peers.set(neighbours, [...(peers.get(neighbours) ?? []), id]);
  }
  for (const group of peers.values()) {
    const spots = group.map((id) => places.get(id) ?? { x: 0, y: 0 }).sort((a, b) => a.y - b.y);
    group.forEach((id, i) => places.set(id, spots[i] ?? { x: 0, y: 0 }));
  }
  return places;
}

interface GraphProps {
  agents: AgentView[];
  edges: readonly { from: string; to: string }[];
  selected: string | undefined;
  onSelect(agent: string | undefined): void;
}

function Canvas({ agents, edges, selected, onSelect }: GraphProps) {
  const box = useRef<HTMLDivElement>(null);
  const [vertical, setVertical] = useState(window.innerWidth < 640);
  useEffect(() => {
    if (!box.current) return;
    const observer = new ResizeObserver(([entry]) => setVertical((entry?.contentRect.width ?? 640) < 560));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  const ids = agents.map(({ id }) => id).join("\n");
  const drawn = useMemo(() => edges.filter(({ from, to }) => ids.split("\n").includes(from) && ids.split("\n").includes(to)), [edges, ids]);
  const places = useMemo(() => layout(ids.split("\n"), drawn, vertical), [ids, drawn, vertical]);
  const nodes: AgentNode[] = agents.map((agent) => ({
    id: agent.id,
    type: "agent",
    position: places.get(agent.id) ?? { x: 0, y: 0 },
    data: { agent, vertical },
    selected: agent.id === selected,
    draggable: false,
    focusable: false,
    width: size.width,
    height: size.height,
  }));
  const lines: Edge[] = drawn.map(({ from, to }) => {
    const state = agents.find(({ id }) => id === to)?.state;
    const flowing = state === "running" || state === "judging";
    return {
      id: `${from}→${to}`,
      source: from,
      target: to,
      type: vertical ? "smoothstep" : "default",
      focusable: false,
      animated: flowing,
      className: flowing ? "flowing" : state === "done" ? "passed" : "",
    };
  });
  const { fitView } = useReactFlow();
  useEffect(() => {
    void [ids, vertical];
    // After React Flow has measured them.
    const frame = requestAnimationFrame(() => void fitView({ padding: 0.12, maxZoom: 1 }));
    return () => cancelAnimationFrame(frame);
  }, [ids, vertical, fitView]);
  const rows = vertical ? agents.length : 3;
  return (
    <div ref={box} style={{ height: Math.min(640, Math.max(240, rows * 116)) }} role="group" aria-label="Team graph; the outline below says the same">
      <ReactFlow
        attributionPosition="bottom-left"
        nodes={nodes}
        edges={lines}
        nodeTypes={nodeTypes}
        onNodeClick={(_, node) => onSelect(node.id === selected ? undefined : node.id)}
        onPaneClick={() => onSelect(undefined)}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        disableKeyboardA11y
        zoomOnScroll={false}
        preventScrolling={false}
        minZoom={0.2}
        fitView
        fitViewOptions={{ padding: 0.12, maxZoom: 1 }}
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1} color="var(--line)" />
        <Controls showInteractive={false} position="bottom-right" />
      </ReactFlow>
    </div>
  );
}

/** The team as a graph. Drawn for eyes and mouse; `Outline` is its twin for keyboard and screen reader. */
export function Graph(props: GraphProps) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}
