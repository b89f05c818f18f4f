import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A model host that remembers what it was asked. The same question always gets the same answer, and no two questions share one. */
export interface CountingProvider {
  readonly url: string;
  /** The answer to each request so far, in the order they came: names the question. */
  readonly asked: readonly string[];
  /** Requests whose client went away before the answer was out. */
  readonly broken: readonly string[];
  /** How long an answer takes; may be changed. */
  ms: number;
  /** Resolves when so many requests have come in all. */
  until(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Speaks the streaming chat protocol on a loopback port; an answer takes `ms`, or what `ms` is set to later. */
export async function countingProvider(ms: number): Promise<CountingProvider> {
  const asked: string[] = [];
  const broken: string[] = [];
  const waiting = new Set<{ count: number; resolve: () => void }>();
  const provider = { ms };
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      if (request.method !== "POST") return response.writeHead(200, { "content-type": "application/json" }).end('{"object":"list","data":[{"id":"gpt-4o"}]}');
      const { messages } = JSON.parse(Buffer.concat(parts).toString("utf8")) as { messages: unknown };
      const answer = `answer-${createHash("sha256").update(JSON.stringify(messages)).digest("hex").slice(0, 24)}`;
      asked.push(answer);
      for (const each of waiting) if (asked.length >= each.count) each.resolve();
      let done = false;
      response.on("close", () => {
        if (!done) broken.push(answer);
      });
      response.writeHead(200, { "content-type": "text/event-stream" });
      const send = (delta: object, finish: string | null, more: object = {}) =>
        response.write(
          `data: ${JSON.stringify({ id: "x", object: "chat.completion.chunk", created: 1, model: "gpt-4o", choices: [{ index: 0, delta, finish_reason: finish }], ...more })}\n\n`,
        );
      send({ role: "assistant", content: answer }, null);
      setTimeout(() => {
        done = true;
        send({}, "stop", { usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 } });
        response.end("data: [DONE]\n\n");
      }, provider.ms);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(provider, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    broken,
    until: (count: number) =>
      new Promise<void>((resolve) => {
        if (asked.length >= count) return resolve();
        const entry = {
          count,
          resolve: () => {
            waiting.delete(entry);
            resolve();
          },
        };
        waiting.add(entry);
      }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
