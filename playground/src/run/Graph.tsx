import { Background, BackgroundVariant, Controls, ReactFlow, ReactFlowProvider, useReactFlow, ViewportPortal } from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import "./graph/graph.css";
import { useEffect, useMemo, useRef, useState } from "react";
import type { AgentView } from "./agent-view.ts";
import { AgentCard, type AgentNode } from "./graph/AgentNode.tsx";
import { type Edge, linesOf } from "./graph/edges.ts";
import { layout, narrowest } from "./graph/layout.ts";
import { Lines } from "./graph/Lines.tsx";
import { boundsOf, pathOf } from "./graph/path.ts";
import { trafficOf, useMessages } from "./graph/traffic.ts";
import type { StepView } from "./run-view.ts";

const nodeTypes = { agent: AgentCard };
/** Below there is room for the controls. */
const fit = { padding: { x: "24px", top: "24px", bottom: "56px" }, maxZoom: 1 } as const;

interface GraphProps {
  topology: { id: string; config: Readonly<Record<string, unknown>> };
  agents: AgentView[];
  edges: readonly Edge[];
  /** The steps that are drawn: all of them, or those up to a round. */
  steps: readonly StepView[];
  selected: string | undefined;
  onSelect(agent: string | undefined): void;
}

function Canvas({ topology, agents, edges, steps, selected, onSelect }: GraphProps) {
  const box = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState(window.innerWidth < 640 ? 320 : 800);
  useEffect(() => {
    if (!box.current) return;
    const observer = new ResizeObserver(([entry]) => setRoom(entry?.contentRect.width ?? 640));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  const names = agents.map(({ id }) => id).join("\n");
  // Only a step in width that changes the drawing draws it anew.
  const step = room < narrowest ? 320 : Math.floor(room / 132) * 132;
  const traffic = useMemo(() => trafficOf(steps), [steps]);
  // A line that was not planned moves nobody: the layout is the plan's.
  const heard = traffic.heard.map(({ from, to }) => `${from}\n${to}`).join("\r");
  const placed = useMemo(() => layout(topology.id, topology.config, names.split("\n"), edges, step), [topology, names, edges, step]);
  const paths = useMemo(() => {
    const also = heard === "" ? [] : heard.split("\r").map((pair): Edge => ({ from: pair.split("\n")[0] ?? "", to: pair.split("\n")[1] ?? "" }));
    return linesOf(names.split("\n"), edges, also).flatMap((line) => pathOf(line, placed) ?? []);
  }, [names, edges, heard, placed]);
  const messages = useMessages(steps);
  const nodes: AgentNode[] = agents.map((agent) => ({
    id: agent.id,
    type: "agent",
    position: placed.places.get(agent.id) ?? { x: 0, y: 0 },
    data: { agent, density: placed.density },
    selected: agent.id === selected,
    draggable: false,
    focusable: false,
    ...placed.size,
  }));
  const { fitView } = useReactFlow();
  const bounds = boundsOf(placed);
  const height = Math.round(
    Math.min(640, Math.max(240, (room < narrowest && placed.run === "side" ? bounds.height : bounds.height * Math.min(1, (room - 48) / bounds.width)) + 88)),
  );
  useEffect(() => {
    void [placed, height];
    // After React Flow has measured them.
    const frame = requestAnimationFrame(() => void fitView(fit));
    return () => cancelAnimationFrame(frame);
  }, [placed, height, fitView]);
  return (
    <div ref={box} style={{ height }} role="group" aria-label="Team graph; the outline below says the same">
      <ReactFlow
        attributionPosition="bottom-left"
        nodes={nodes}
        edges={[]}
        nodeTypes={nodeTypes}
        onNodeClick={(_, node) => onSelect(node.id === selected ? undefined : node.id)}
        onPaneClick={() => onSelect(undefined)}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        disableKeyboardA11y
        zoomOnScroll={false}
        preventScrolling={false}
        minZoom={0.1}
        fitView
        fitViewOptions={fit}
      >
        <ViewportPortal>
          <Lines paths={paths} traffic={traffic} messages={messages} selected={selected} boundary={placed.boundary} />
        </ViewportPortal>
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
