import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A model host that remembers what it was asked. The same question always gets the same answer, and no two questions share one. */
export interface CountingProvider {
  readonly url: string;
  /** The answer to each request so far, in the order they came: names the question. */
  readonly asked: readonly string[];
  /** The idempotency key each of them came with. */
  readonly keys: readonly string[];
  /** Requests whose client went away before the answer was out. */
  readonly broken: readonly string[];
  /** How long an answer takes; may be changed. */
  ms: number;
  /** Whether it says which models it has; may be changed. */
  lists: boolean;
  /** Answers now what it was asked and has not answered yet. */
  answer(): void;
  /** Resolves when so many requests have come in all. */
  until(count: number): Promise<void>;
  close(): Promise<void>;
}

/** What a model is told, of which a test needs the roles. */
export type Told = readonly { role: string; content?: unknown }[];
/** A call of a tool in place of an answer in words; `answer` names the question, in the answer and as the call's id. */
export type Wants = (messages: Told, answer: string) => { name: string; input: object } | undefined;

/** Speaks the streaming chat protocol on a loopback port; an answer takes `ms`, or what `ms` is set to later. `wants` says where a tool is called first. */
export async function countingProvider(ms: number, wants: Wants = () => undefined): Promise<CountingProvider> {
  const asked: string[] = [];
  const keys: string[] = [];
  const broken: string[] = [];
  const waiting = new Set<{ count: number; resolve: () => void }>();
  const unanswered = new Set<() => void>();
  const provider = { ms, lists: true };
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      if (request.method !== "POST" && !provider.lists) return;
      if (request.method !== "POST") return response.writeHead(200, { "content-type": "application/json" }).end('{"object":"list","data":[{"id":"gpt-4o"}]}');
      const { messages } = JSON.parse(Buffer.concat(parts).toString("utf8")) as { messages: Told };
      const answer = `answer-${createHash("sha256").update(JSON.stringify(messages)).digest("hex").slice(0, 24)}`;
      asked.push(answer);
      keys.push(String(request.headers["idempotency-key"]));
      const call = wants(messages, answer);
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
      if (!call) send({ role: "assistant", content: answer }, null);
      const finish = () => {
        if (!unanswered.delete(finish)) return;
        done = true;
        if (call)
          send({ tool_calls: [{ index: 0, id: answer, type: "function", function: { name: call.name, arguments: JSON.stringify(call.input) } }] }, null);
        send({}, call ? "tool_calls" : "stop", { usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 } });
        response.end("data: [DONE]\n\n");
      };
      unanswered.add(finish);
      setTimeout(finish, provider.ms);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(provider, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    keys,
    broken,
    answer: () => unanswered.forEach((finish) => finish()),
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
