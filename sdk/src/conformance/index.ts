export { describeTopology, type ConformanceCase, type ConformanceOptions, type TopologySubject } from "./describe-topology.ts";
export { topologyOfService } from "./installed.ts";
export { runConformance, type ConformanceReport } from "./run-conformance.ts";
