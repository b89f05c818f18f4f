// The page of sandbox-tab.bench.ts, in Chromium under the product's policy: it opens the frames, the kernel is in a worker as it is in the product.
import { loadSandboxAssets, pageFrames, type SandboxAssets, serveFrames } from "@orrery/host-browser/sandbox";

const worker = new Worker(new URL("bench-worker.js", document.baseURI), { type: "module" });
/** The kernel's end of a way to frames whose workers hold what `assets` are. */
function framesOf(assets: () => Promise<SandboxAssets>): MessagePort {
  const { port1, port2 } = new MessageChannel();
  serveFrames(port1, pageFrames(assets));
  return port2;
}
const guests = framesOf(() => loadSandboxAssets(document.baseURI));
const echo = "self.onmessage = ({ ports: [port] }) => { port.onmessage = ({ data }) => port.postMessage(data); };";
const echoes = framesOf(async () => ({ program: echo, wasm: new ArrayBuffer(0), sdk: "" }));
worker.onmessage = ({ data }: MessageEvent<unknown>) => Object.assign(globalThis, { measured: data });
worker.postMessage(null, [guests, echoes]);
