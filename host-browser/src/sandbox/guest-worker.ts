import { type FromWorker, sandboxWorker } from "@orrery/sdk/sandbox/worker";
import type { ToFrame } from "./frame-guest.ts";
import type { SandboxAssets } from "./frames.ts";

// The program of a guest's worker, started from a blob in a frame without an origin. It hears one message of the frame's, and from then on the port's.
self.onmessage = async ({ data, ports: [port] }: MessageEvent<Omit<SandboxAssets, "program">>) => {
  self.onmessage = null;
  if (!port) return;
  // A module compiled elsewhere cannot be sent to another origin.
  const parts = { wasm: await WebAssembly.compile(data.wasm), modules: new Map([["@orrery/sdk", data.sdk]]) };
  const take = sandboxWorker((message: FromWorker) => port.postMessage(message));
  port.onmessage = ({ data: message }: MessageEvent<ToFrame>) =>
    take(typeof message === "object" && message.do === "warm" ? { ...message, ...parts } : message);
};
