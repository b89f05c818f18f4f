export { nodeSandboxEngine, type NodeEngineOptions } from "./node-engine.ts";
