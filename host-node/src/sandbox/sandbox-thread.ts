import { type MessagePort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { type FromWorker, sandboxWorker, type ToWorker } from "@orrery/sdk/sandbox/worker";

/** ms the thread listens for the next message before it goes to sleep in its event loop, from which waking takes ten times as long. */
const listenMs = 1_000;

// The program of a plugin's thread. Nothing of the process is handed to the virtual machine in it.
const { port, bell } = workerData as { readonly port: MessagePort; readonly bell: Int32Array };
const take = sandboxWorker((message: FromWorker) => {
  port.postMessage(message);
  // Whoever waits on the other side is told.
  Atomics.add(bell, 1, 1);
  Atomics.notify(bell, 1);
});

port.on("message", (first: ToWorker) => {
  take(first);
  // What is not for the plugin needs the event loop to be carried out.
  for (let last = first; typeof last === "string"; ) {
    const rung = Atomics.load(bell, 0);
    const next = receiveMessageOnPort(port) ?? (Atomics.wait(bell, 0, rung, listenMs) === "timed-out" ? undefined : receiveMessageOnPort(port));
    if (!next) return;
    last = next.message as ToWorker;
    take(last);
  }
});
