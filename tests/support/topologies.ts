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
import type { AnyPlugin } from "@orrery/sdk";

/** Every first-party topology. */
export const topologies: readonly AnyPlugin[] = [
  sequential,
  parallel,
  dag,
  debate,
  mesh,
  mixtureOfAgents,
  star,
  circular,
  forest,
  hierarchical,
  grid,
  maker,
  hybrid,
];
