export { failureOf, onAgentFailure, type Failure } from "./failures.ts";
export { topologyPlugin } from "./plugin.ts";
export { executor, type Topology, type TypedMove } from "./topology.ts";
