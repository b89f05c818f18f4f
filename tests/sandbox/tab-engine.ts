import { loadSandboxAssets, pageFrames, tabSandboxEngine, type TabEngineOptions } from "@orrery/host-browser/sandbox";
import type { SandboxEngine } from "@orrery/sdk/sandbox";

/** The tab's engine in this very page, with what a build puts beside it. */
export const engineOfThisPage = (options: Omit<TabEngineOptions, "frames"> = {}): SandboxEngine =>
  tabSandboxEngine({ ...options, frames: pageFrames(() => loadSandboxAssets(`${location.origin}/`)) });
