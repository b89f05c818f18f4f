// The page of packages-tab.bench.ts, in Chromium under the product's policy: it opens the frames, the kernel is in a worker as it is in the product.
import { loadSandboxAssets, pageFrames, serveFrames } from "@orrery/host-browser/sandbox";

const worker = new Worker(new URL("bench-worker.js", document.baseURI), { type: "module" });
const { port1, port2 } = new MessageChannel();
serveFrames(
  port1,
  pageFrames(() => loadSandboxAssets(document.baseURI)),
);
worker.postMessage({ frames: port2 }, [port2]);
/** Has the worker do something, and gives what it says of it. */
const ask = (what: object): Promise<unknown> =>
  new Promise((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<unknown>) => resolve(data);
    worker.postMessage(what);
  });
Object.assign(globalThis, { ask });
