import { describeSandboxedPlugin, limits } from "./describe-sandboxed-plugin.ts";
import { engineOfThisPage } from "./tab-engine.ts";

describeSandboxedPlugin("in a frame of the tab", () => engineOfThisPage({ warm: 1, limits }));
