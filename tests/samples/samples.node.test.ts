import { nodeSandboxEngine } from "@orrery/host-node/sandbox";
import { describeSamples } from "./describe-samples.ts";

describeSamples("in the kernel's realm");
describeSamples("in the sandbox of Node", () => nodeSandboxEngine());
