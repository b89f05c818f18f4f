import egressUrl from "./worker.ts?worker&url";

/**
 * Opens a frame (`egress.html`, served beside the page) whose own policy names `origins` and nothing else, starts the egress worker
 * in it from a blob, and resolves with a port to that worker. Removing the frame ends the worker.
 */
export async function openEgressFrame(base: string, origins: readonly string[]): Promise<{ port: MessagePort; close(): void }> {
  const frame = document.createElement("iframe");
  frame.hidden = true;
  frame.title = "Network access for the model hosts you allowed";
  frame.src = `${new URL("egress.html", base).href}#${new URLSearchParams({ allow: origins.join(" "), worker: new URL(egressUrl, base).href })}`;
  document.body.append(frame);
  await new Promise<void>((resolve, reject) => {
    frame.addEventListener("load", () => resolve(), { once: true });
    frame.addEventListener("error", () => reject(new Error("the egress frame did not load")), { once: true });
  });
  const { port1, port2 } = new MessageChannel();
  frame.contentWindow?.postMessage("egress", location.origin, [port2]);
  return { port: port1, close: () => frame.remove() };
}
