import { loadSandboxAssets, pageFrames, serveFrames } from "./frames.ts";

/** The page's half of the sandbox. The port is for the kernel's worker, which asks for frames over it. */
export function openFrames(base: string): MessagePort {
  const { port1, port2 } = new MessageChannel();
  serveFrames(
    port1,
    pageFrames(() => loadSandboxAssets(base)),
  );
  return port2;
}
