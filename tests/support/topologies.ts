import dag from "@orrery/plugins/topologies/dag";
import debate from "@orrery/plugins/topologies/debate";
import hybrid from "@orrery/plugins/topologies/hybrid";
import maker from "@orrery/plugins/topologies/maker";
import mesh from "@orrery/plugins/topologies/mesh";
import parallel from "@orrery/plugins/topologies/parallel";
import sequential from "@orrery/plugins/topologies/sequential";
import type { AnyPlugin } from "@orrery/sdk";

/** Every first-party topology. */
export const topologies: readonly AnyPlugin[] = [sequential, parallel, dag, debate, mesh, maker, hybrid];
