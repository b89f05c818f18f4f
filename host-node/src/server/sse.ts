import type { FastifyReply, FastifyRequest } from "fastify";
import { OrreryError } from "@orrery/sdk";
import type { HostClient } from "../client/host-client.ts";

const heartbeatMs = 15_000;
const mostBuffered = 16_000_000;

/** A stream unless the client asks for JSON and for no stream. */
export const wantsStream = (accept: string | undefined): boolean => /text\/event-stream/i.test(accept ?? "") || !/application\/json/i.test(accept ?? "");

/** Server-sent events: an `id` is an entry's index, so `Last-Event-ID` goes on after it; `delta` events have none and are never repeated; `end` closes. */
export async function streamRun(
  client: HostClient,
  runId: string,
  from: number | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const start = startOf(request.headers["last-event-id"], from);
  const { raw } = reply;
  let opened = false;
  const open = () => {
    if (opened) return;
    opened = true;
    reply.hijack();
    raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    raw.write("retry: 1000\n\n");
  };
  const send = (event: string, data: unknown, id?: number) => {
    open();
    raw.write(`${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    // A reader that does not read is let go; it comes back with its Last-Event-ID.
    if (raw.writableLength > mostBuffered) raw.destroy();
  };
  const stop = await client.watch(
    runId,
    start,
    (message) => {
      if (message.kind === "event") send(message.event.type, message.event, message.event.idx);
      else if (message.kind === "delta") send("delta", message.delta);
      else {
        send("end", { runId });
        raw.end();
      }
    },
    () => raw.destroy(),
  );
  const heartbeat = setInterval(() => raw.write(": still here\n\n"), heartbeatMs);
  heartbeat.unref();
  raw.on("close", () => {
    clearInterval(heartbeat);
    stop();
  });
  open();
  return reply;
}

function startOf(last: string | string[] | undefined, from = 0): number {
  if (last === undefined || last === "") return from;
  if (typeof last === "string" && /^\d{1,15}$/.test(last)) return Number(last) + 1;
  throw new OrreryError("REQUEST_INVALID", "Last-Event-ID is not the id of an event", { todo: "Send the id of the last event that came, or none." });
}
