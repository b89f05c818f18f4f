import type { Server } from "node:http";
import type { Duplex } from "node:stream";
import { type Log, OrreryError, type WatchMessage } from "@orrery/sdk";
import type { WebSocket, WebSocketServer } from "ws";
import { answerOf } from "./answer-error.ts";
import type { Gate, Refusal } from "./gate.ts";
import { tooDeep } from "./json-depth.ts";
import type { Backend } from "./server.ts";

/**
 * The page's socket, at `/api/ws`; `/api/dev` is the one of `orrery plugin dev --attach`.
 *
 * A client offers two subprotocols, `orrery.v1` and `token.<token>`; the server answers with the first. Messages are JSON:
 * client `{id, method, params: [...]}`; server `{id, result}` (no `result` for undefined) or `{id, error: {code, message, do}}`.
 * `watch` [runId, from] answers `{watch: n}`, after which `{watch: n, message}` arrive until one of kind `end`; `unwatch` [n] stops it.
 */
const protocol = "orrery.v1";
const mostSockets = 64;
const mostWatches = 200;
const mostBuffered = 32_000_000;

export function acceptSockets(server: Server, gate: Gate, backend: Promise<Backend>, log: Pick<Log, "warn">): { close(): void } {
  // Loaded with the first socket: a server that only answers HTTP never needs it.
  let sockets: Promise<WebSocketServer> | undefined;
  let open = 0;
  server.on("upgrade", (request, stream, head) => {
    stream.on("error", () => stream.destroy());
    const refusal =
      gate.place(request.headers) ?? offer(request.headers["sec-websocket-protocol"], (token) => gate.token(token, request.socket.remoteAddress ?? ""));
    if (refusal) return refuse(stream, refusal.status, refusal);
    const path = request.url?.split("?", 1)[0] ?? "";
    const serving = path === "/api/ws" ? Promise.resolve(serve) : path === "/api/dev" ? import("./dev-socket.ts").then(({ serveDev }) => serveDev) : undefined;
    if (!serving) return refuse(stream, 404, { code: "ROUTE_UNKNOWN", message: "there is no socket here", do: "Connect to /api/ws." });
    if (open >= mostSockets) return refuse(stream, 503, { code: "TOO_MANY_SOCKETS", message: "too many pages are open", do: "Close some." });
    open += 1;
    stream.on("close", () => {
      open -= 1;
    });
    sockets ??= import("ws").then(
      ({ WebSocketServer }) => new WebSocketServer({ noServer: true, maxPayload: 70_000_000, handleProtocols: () => protocol, perMessageDeflate: false }),
    );
    Promise.all([sockets, serving])
      .then(([accepted, work]) => accepted.handleUpgrade(request, stream, head, (socket) => work(socket, backend)))
      .catch((error: unknown) => {
        log.warn("a socket could not be opened", { message: error instanceof Error ? error.message : String(error) });
        stream.destroy();
      });
  });
  return {
    close() {
      void sockets?.then((accepted) => {
        for (const socket of accepted.clients) socket.terminate();
        accepted.close();
      });
    },
  };
}

function offer(header: string | undefined, check: (token: string | undefined) => Refusal | undefined): Refusal | undefined {
  const offered = (header ?? "").split(",").map((name) => name.trim());
  const token = offered.find((name) => name.startsWith("token."))?.slice(6);
  return check(offered.includes(protocol) ? token : undefined);
}

function refuse(stream: Duplex, status: number, { code, message, do: todo }: { code: string; message: string; do: string }): void {
  const body = JSON.stringify({ error: { code, message, do: todo } });
  const reasons: Record<number, string> = { 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 429: "Too Many Requests", 503: "Service Unavailable" };
  stream.end(
    `HTTP/1.1 ${status} ${reasons[status] ?? "Error"}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

interface Call {
  id: number;
  method: string;
  params: unknown[];
}

function serve(socket: WebSocket, backend: Promise<Backend>): void {
  const watches = new Map<number, () => void>();
  let nextWatch = 1;
  const send = (message: object) => {
    if (socket.readyState !== socket.OPEN) return;
    socket.send(JSON.stringify(message));
    // A page that does not read is let go; it comes back and goes on where it was.
    if (socket.bufferedAmount > mostBuffered) socket.terminate();
  };
  socket.on("error", () => socket.terminate());
  socket.on("close", () => {
    for (const stop of watches.values()) stop();
    watches.clear();
  });
  socket.on("message", async (data, binary) => {
    let id: number | null = null;
    try {
      const call = callOf(binary ? "" : String(data));
      id = call.id;
      const { client } = await backend;
      if (call.method === "watch") return await watch(call, client);
      const { methods } = await import("./socket-methods.ts");
      if (call.method === "unwatch") {
        const n = Number(call.params[0]);
        watches.get(n)?.();
        watches.delete(n);
        return send({ id });
      }
      const method = Object.hasOwn(methods, call.method) ? methods[call.method] : undefined;
      if (!method)
        throw new OrreryError("METHOD_UNKNOWN", `there is no method "${call.method.slice(0, 100)}"`, {
          todo: `There are: ${Object.keys(methods).join(", ")}, watch, unwatch.`,
        });
      send({ id, result: await method(client, call.params) });
    } catch (error) {
      send({ id, error: answerOf(error).failure });
    }
  });

  async function watch({ id, params: [runId, from = 0] }: Call, client: Backend["client"]): Promise<void> {
    if (typeof runId !== "string" || typeof from !== "number" || !Number.isSafeInteger(from) || from < 0) {
      throw new OrreryError("REQUEST_INVALID", "watch takes a run's id and the index of an entry", { todo: 'Send params as ["run_01j…", 0].' });
    }
    if (watches.size >= mostWatches) throw new OrreryError("TOO_MANY_WATCHES", `${mostWatches} runs are watched already`, { todo: "Stop some with unwatch." });
    const n = nextWatch++;
    // What comes before the answer waits for it.
    let early: WatchMessage[] | undefined = [];
    const pass = (message: WatchMessage) => {
      if (message.kind === "end") watches.delete(n);
      send({ watch: n, message });
    };
    const stop = await client.watch(
      runId,
      from,
      (message) => (early ? early.push(message) : pass(message)),
      () => socket.terminate(),
    );
    if (socket.readyState !== socket.OPEN) return stop();
    watches.set(n, stop);
    send({ id, result: { watch: n } });
    const waiting = early;
    early = undefined;
    for (const message of waiting) pass(message);
  }
}

function callOf(text: string): Call {
  const invalid = (why: string) =>
    new OrreryError("REQUEST_INVALID", `the message ${why}`, { todo: "Send JSON text: {id: number, method: string, params: array}." });
  if (text === "") throw invalid("is not text");
  if (tooDeep(text)) throw invalid("nests too deeply");
  let value: Partial<Call> | null;
  try {
    value = JSON.parse(text) as Partial<Call> | null;
  } catch {
    throw invalid("is not JSON");
  }
  if (typeof value !== "object" || value === null || typeof value.id !== "number" || typeof value.method !== "string") throw invalid("has no id or no method");
  return { id: value.id, method: value.method, params: Array.isArray(value.params) ? value.params : [] };
}
