import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import cost from "@orrery/plugins/cost";
import documents from "@orrery/plugins/documents";
import embeddings from "@orrery/plugins/embeddings";
import format from "@orrery/plugins/judges/format";
import grounded from "@orrery/plugins/judges/grounded";
import policy from "@orrery/plugins/judges/policy";
import episodic from "@orrery/plugins/memory/episodic";
import trace from "@orrery/plugins/observability/trace";
import planner from "@orrery/plugins/planner";
import extractive from "@orrery/plugins/providers/extractive";
import routing from "@orrery/plugins/routing/default";
import runner from "@orrery/plugins/runner";
import circular from "@orrery/plugins/topologies/circular";
import dag from "@orrery/plugins/topologies/dag";
import debate from "@orrery/plugins/topologies/debate";
import forest from "@orrery/plugins/topologies/forest";
import grid from "@orrery/plugins/topologies/grid";
import hierarchical from "@orrery/plugins/topologies/hierarchical";
import mesh from "@orrery/plugins/topologies/mesh";
import mixtureOfAgents from "@orrery/plugins/topologies/mixture-of-agents";
import parallel from "@orrery/plugins/topologies/parallel";
import sequential from "@orrery/plugins/topologies/sequential";
import star from "@orrery/plugins/topologies/star";
import type { AnyPlugin } from "@orrery/sdk";

/** Everything first-party that needs no model to be connected. */
export const everyday: readonly AnyPlugin[] = [
  documents,
  embeddings,
  sequential,
  parallel,
  dag,
  debate,
  mesh,
  forest,
  hierarchical,
  grid,
  circular,
  star,
  mixtureOfAgents,
  planner,
  extractive,
  routing,
  cost,
  grounded,
  format,
  policy,
  episodic,
  trace,
  runner,
];

const root = new URL("../../", import.meta.url);

/** The product's assets, from the workspace. */
export async function workspaceAssets(name: string): Promise<Uint8Array | undefined> {
  const at = name.startsWith("ort/")
    ? new URL(`plugins/node_modules/onnxruntime-web/dist/${name.slice(4)}`, root)
    : new URL(`plugins/embeddings/model/${name}`, root);
  return readFile(fileURLToPath(at)).catch(() => undefined);
}
