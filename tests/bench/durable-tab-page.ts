// The page of durable-tab.bench.ts: the kernel is in a worker, as it is in the product.
const worker = new Worker(new URL("bench-worker.js", document.baseURI), { type: "module" });
worker.onmessage = ({ data }: MessageEvent<unknown>) => Object.assign(globalThis, { measured: data });
worker.postMessage(null);
