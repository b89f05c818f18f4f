export { answerOf, best, concat, type Answer } from "./answer.ts";
export { failureOf, failurePolicy, type Failure } from "./failures.ts";
export { jsonIn } from "./json-in.ts";
export { likeness, sameText, similarity, type Likeness, type Similarity } from "./likeness.ts";
export { ask, cellOf, close, following, opening, winner, type Cell, type Rounds } from "./rounds.ts";
export { bringsTogether, leadOf } from "./skills.ts";
export { executor, type Encode, type Facts, type Result, type Topology, type TypedMove } from "./topology.ts";
export { asFact, asFullFact, vote, type Vote } from "./vote.ts";
export { inWaves, type Onward, type WaveTopology } from "./waves.ts";
