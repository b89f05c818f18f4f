import { nodeSandboxEngine } from "@orrery/host-node/sandbox";
import { describeFlood } from "./describe-flood.ts";

const program = (serve: string): URL =>
  new URL(`data:text/javascript,${encodeURIComponent(`import { workerData } from "node:worker_threads"; (${serve})(workerData.port);`)}`);
describeFlood("in a thread of Node", (serve) => nodeSandboxEngine({ warm: 0, program: program(serve) }));
