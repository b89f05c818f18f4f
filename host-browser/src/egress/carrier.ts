import { OrreryError } from "@orrery/sdk";
import type { Carrier } from "./index.ts";

export type ToCarrier =
  | { id: number; kind: "send"; url: string; method: string; headers: [string, string][]; body: string | undefined }
  | { id: number; kind: "abort" };
export type FromCarrier =
  | { id: number; kind: "head"; status: number; statusText: string; headers: [string, string][] }
  | { id: number; kind: "chunk"; bytes: Uint8Array<ArrayBuffer> }
  | { id: number; kind: "end" }
  | { id: number; kind: "error"; message: string };

/** A way out over one port. */
export interface Way {
  /** A fetch whose bytes come over the port. Throws EGRESS_FAILED when the host was not reached. */
  readonly carry: Carrier;
  /** Resolves once nothing is under way on it. */
  idle(): Promise<void>;
  /** What is under way fails: the other end is gone. */
  end(): void;
}

/** The kernel's half of it. */
export function carryOver(port: MessagePort): Way {
  let next = 1;
  const open = new Map<number, (message: FromCarrier) => void>();
  const waiting = new Set<() => void>();
  port.onmessage = ({ data }: MessageEvent<FromCarrier>) => open.get(data.id)?.(data);
  const say = (message: ToCarrier) => port.postMessage(message);
  const carry: Carrier = (request, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const id = next++;
      let body: ReadableStreamDefaultController<Uint8Array> | undefined;
      const close = () => {
        open.delete(id);
        if (open.size === 0) for (const resolve of waiting) resolve();
        signal?.removeEventListener("abort", abort);
      };
      const abort = () => {
        close();
        say({ id, kind: "abort" });
        reject(signal?.reason);
        body?.error(signal?.reason);
      };
      signal?.addEventListener("abort", abort, { once: true });
      open.set(id, (message) => {
        if (message.kind === "head") {
          const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({ start: (controller) => void (body = controller), cancel: abort });
          const empty = message.status === 204 || message.status === 205 || message.status === 304;
          resolve(new Response(empty ? null : stream, { status: message.status, statusText: message.statusText, headers: message.headers }));
        } else if (message.kind === "chunk") body?.enqueue(message.bytes);
        else {
          close();
          const failure =
            message.kind === "error"
              ? new OrreryError("EGRESS_FAILED", `${new URL(request.url).host} was not reached: ${message.message}`, {
                  todo: "Check that it is up and allows requests from this page (CORS).",
                })
              : undefined;
          if (!failure) body?.close();
          else if (body) body.error(failure);
          else reject(failure);
        }
      });
      say({ id, kind: "send", ...request, body: request.body });
    });
  return {
    carry,
    idle: () => (open.size === 0 ? Promise.resolve() : new Promise((resolve) => void waiting.add(resolve))),
    end() {
      for (const [id, take] of [...open]) take({ id, kind: "error", message: "it was disconnected" });
      port.close();
    },
  };
}
