import { nodeSandboxEngine } from "@orrery/host-node/sandbox";
import { describeSandboxedPlugin, limits } from "./describe-sandboxed-plugin.ts";

describeSandboxedPlugin("in a thread of Node", () => nodeSandboxEngine({ warm: 1, limits }));
