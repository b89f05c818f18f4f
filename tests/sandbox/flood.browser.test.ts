import { loadSandboxAssets, pageFrames, tabSandboxEngine } from "@orrery/host-browser/sandbox";
import { describeFlood } from "./describe-flood.ts";

describeFlood("in a frame of the tab", (serve) =>
  tabSandboxEngine({
    warm: 0,
    frames: pageFrames(async () => ({
      ...(await loadSandboxAssets(`${location.origin}/`)),
      program: `self.onmessage = ({ ports: [port] }) => (${serve})(port);`,
    })),
  }),
);
