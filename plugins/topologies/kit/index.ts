export { failureOf, failurePolicy, type Failure } from "./failures.ts";
export { executor, type Encode, type Facts, type Result, type Topology, type TypedMove } from "./topology.ts";
