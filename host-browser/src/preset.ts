import type { AnyPlugin } from "@orrery/sdk";
import cost, { load as loadCost } from "@orrery/plugins/cost";
import documents, { load as loadDocuments } from "@orrery/plugins/documents";
import embeddings from "@orrery/plugins/embeddings";
import format, { load as loadFormat } from "@orrery/plugins/judges/format";
import grounded, { load as loadGrounded } from "@orrery/plugins/judges/grounded";
import policy from "@orrery/plugins/judges/policy";
import episodic, { load as loadEpisodic } from "@orrery/plugins/memory/episodic";
import trace from "@orrery/plugins/observability/trace";
import planner from "@orrery/plugins/planner";
import extractive, { load as loadExtractive } from "@orrery/plugins/providers/extractive";
import privacy from "@orrery/plugins/privacy/classifier";
import routing from "@orrery/plugins/routing/default";
import runner, { load as loadRunner } from "@orrery/plugins/runner";
import circular from "@orrery/plugins/topologies/circular";
import dag from "@orrery/plugins/topologies/dag";
import debate from "@orrery/plugins/topologies/debate";
import forest from "@orrery/plugins/topologies/forest";
import grid from "@orrery/plugins/topologies/grid";
import hierarchical from "@orrery/plugins/topologies/hierarchical";
import hybrid from "@orrery/plugins/topologies/hybrid";
import maker from "@orrery/plugins/topologies/maker";
import mesh from "@orrery/plugins/topologies/mesh";
import mixtureOfAgents from "@orrery/plugins/topologies/mixture-of-agents";
import parallel from "@orrery/plugins/topologies/parallel";
import sequential from "@orrery/plugins/topologies/sequential";
import star from "@orrery/plugins/topologies/star";

/** What a tab starts with: the same plugin files as a Node host, in the order of installation. */
export const preset: readonly AnyPlugin[] = [
  documents,
  embeddings,
  extractive,
  routing,
  cost,
  grounded,
  format,
  policy,
  episodic,
  trace,
  planner,
  sequential,
  parallel,
  dag,
  debate,
  mesh,
  maker,
  hybrid,
  privacy,
  forest,
  hierarchical,
  grid,
  circular,
  star,
  mixtureOfAgents,
  runner,
];

/** What the first run needs and the first moment does not: fetched once the kernel takes runs, before anyone waits for it. */
export const ahead: readonly (() => Promise<unknown>)[] = [loadRunner, loadCost, loadDocuments, loadExtractive, loadEpisodic, loadGrounded, loadFormat];

/** Loaded when a team names tools, or an output schema, and not before. */
export const onTools: readonly (() => Promise<{ default: AnyPlugin }>)[] = [
  () => import("@orrery/plugins/tools/policy"),
  () => import("@orrery/plugins/workspace"),
  () => import("@orrery/plugins/tools/calculator"),
  () => import("@orrery/plugins/tools/documents"),
  () => import("@orrery/plugins/tools/files"),
  () => import("@orrery/plugins/judges/schema"),
];

/** Loaded when a model host is connected, and not before. */
export const onConnect: readonly (() => Promise<{ default: AnyPlugin }>)[] = [() => import("@orrery/plugins/providers/ai-sdk")];
