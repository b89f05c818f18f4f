import type { AnyPlugin } from "@orrery/sdk";

export interface PresetEntry {
  readonly id: string;
  readonly load: () => Promise<{ default: AnyPlugin }>;
}

/** The first-party plugins of this host, in the order they are installed. A list, with no logic in it. */
export const preset: readonly PresetEntry[] = [
  { id: "orrery.documents", load: () => import("@orrery/plugins/documents") },
  { id: "orrery.embeddings", load: () => import("@orrery/plugins/embeddings") },
  { id: "orrery.provider.extractive", load: () => import("@orrery/plugins/providers/extractive") },
  { id: "orrery.provider.ai-sdk", load: () => import("@orrery/plugins/providers/ai-sdk") },
  { id: "orrery.provider.transformers", load: () => import("@orrery/plugins/providers/transformers") },
  { id: "orrery.routing.default", load: () => import("@orrery/plugins/routing/default") },
  { id: "orrery.cost", load: () => import("@orrery/plugins/cost") },
  { id: "orrery.topology.sequential", load: () => import("@orrery/plugins/topologies/sequential") },
  { id: "orrery.topology.parallel", load: () => import("@orrery/plugins/topologies/parallel") },
  { id: "orrery.topology.dag", load: () => import("@orrery/plugins/topologies/dag") },
  { id: "orrery.topology.debate", load: () => import("@orrery/plugins/topologies/debate") },
  { id: "orrery.topology.mesh", load: () => import("@orrery/plugins/topologies/mesh") },
  { id: "orrery.topology.maker", load: () => import("@orrery/plugins/topologies/maker") },
  { id: "orrery.topology.hybrid", load: () => import("@orrery/plugins/topologies/hybrid") },
  { id: "orrery.privacy.classifier", load: () => import("@orrery/plugins/privacy/classifier") },
  { id: "orrery.topology.circular", load: () => import("@orrery/plugins/topologies/circular") },
  { id: "orrery.topology.forest", load: () => import("@orrery/plugins/topologies/forest") },
  { id: "orrery.topology.hierarchical", load: () => import("@orrery/plugins/topologies/hierarchical") },
  { id: "orrery.topology.grid", load: () => import("@orrery/plugins/topologies/grid") },
  { id: "orrery.topology.mixture-of-agents", load: () => import("@orrery/plugins/topologies/mixture-of-agents") },
  { id: "orrery.topology.star", load: () => import("@orrery/plugins/topologies/star") },
  { id: "orrery.judge.grounded", load: () => import("@orrery/plugins/judges/grounded") },
  { id: "orrery.judge.format", load: () => import("@orrery/plugins/judges/format") },
  { id: "orrery.judge.schema", load: () => import("@orrery/plugins/judges/schema") },
  { id: "orrery.judge.policy", load: () => import("@orrery/plugins/judges/policy") },
  { id: "orrery.tools.policy", load: () => import("@orrery/plugins/tools/policy") },
  { id: "orrery.workspace", load: () => import("@orrery/plugins/workspace") },
  { id: "orrery.tool.files", load: () => import("@orrery/plugins/tools/files") },
  { id: "orrery.tool.documents", load: () => import("@orrery/plugins/tools/documents") },
  { id: "orrery.tool.fetch", load: () => import("@orrery/plugins/tools/fetch") },
  { id: "orrery.tool.mcp", load: () => import("@orrery/plugins/tools/mcp") },
  { id: "orrery.tool.calculator", load: () => import("@orrery/plugins/tools/calculator") },
  { id: "orrery.planner", load: () => import("@orrery/plugins/planner") },
  { id: "orrery.memory.episodic", load: () => import("@orrery/plugins/memory/episodic") },
  { id: "orrery.trace", load: () => import("@orrery/plugins/observability/trace") },
  { id: "orrery.runner", load: () => import("@orrery/plugins/runner") },
];
