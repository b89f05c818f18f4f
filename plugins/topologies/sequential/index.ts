import { topologyPlugin } from "../kit/index.ts";
import { sequential } from "./sequential.ts";

/** `orrery.topology.sequential`: one agent after another, each working on what the one before it made. */
export default topologyPlugin(sequential, { title: "Sequential", description: "One agent after another; each sees the task and the output before it." });
