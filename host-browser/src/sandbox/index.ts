export { tabSandboxEngine, type TabEngineOptions } from "./tab-engine.ts";
export { type Frames, framesOver, loadSandboxAssets, pageFrames, type SandboxAssets, serveFrames } from "./frames.ts";
export { frameScriptHash } from "./frame-document.ts";
