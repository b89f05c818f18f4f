/**
 * The far side of egress: fetches for the kernel. Started from a blob by a frame whose own policy names the allowed origins,
 * which it inherits, so what is not named there cannot be reached from here whatever is asked.
 */
import type { FromCarrier, ToCarrier } from "./carrier.ts";

function serve(port: MessagePort): void {
  const running = new Map<number, AbortController>();
  const say = (message: FromCarrier) => port.postMessage(message);
  port.onmessage = async ({ data }: MessageEvent<ToCarrier>) => {
    if (data.kind === "abort") return running.get(data.id)?.abort();
    const { id } = data;
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const answer = await fetch(data.url, {
        method: data.method,
        headers: data.headers,
        ...(data.body === undefined ? {} : { body: data.body }),
        signal: controller.signal,
        redirect: "error",
        credentials: "omit",
        referrerPolicy: "no-referrer",
      });
      say({ id, kind: "head", status: answer.status, statusText: answer.statusText, headers: [...answer.headers] });
      for await (const bytes of answer.body ?? []) say({ id, kind: "chunk", bytes });
      say({ id, kind: "end" });
    } catch (thrown) {
      say({ id, kind: "error", message: thrown instanceof Error ? thrown.message : String(thrown) });
    } finally {
      running.delete(id);
    }
  };
}

self.addEventListener("message", ({ ports }) => {
  if (ports[0]) serve(ports[0]);
});
