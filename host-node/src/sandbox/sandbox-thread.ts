import { parentPort } from "node:worker_threads";
import { type FromWorker, sandboxWorker, type ToWorker } from "@orrery/sdk/sandbox/worker";

// The program of a plugin's thread. Nothing of the process is handed to the virtual machine in it.
const port = parentPort;
if (port) {
  const take = sandboxWorker((message: FromWorker) => port.postMessage(message));
  port.on("message", (message: ToWorker) => take(message));
}
