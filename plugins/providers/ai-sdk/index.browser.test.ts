import type { Connection } from "@orrery/sdk";
import { definePlugin } from "@orrery/sdk";
import { createTestHost } from "@orrery/sdk/testing";
import { expect, it } from "vitest";
import aiSdk from "./index.ts";

const chunk = (choice: object, rest: object = {}): string =>
  `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "qwen", choices: [{ index: 0, ...choice }], ...rest })}\n\n`;
const stream = [
  chunk({ delta: { role: "assistant", content: "Nothing leaves " } }),
  chunk({ delta: { content: "this machine." } }),
  chunk({ delta: {}, finish_reason: "stop" }, { usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 } }),
  "data: [DONE]\n\n",
];

it("streams in a page, its requests going through the host's egress alone", async () => {
  const lab: Connection = { provider: "lab", baseUrl: "http://127.0.0.1:9/v1", source: "entered in this page", local: true, models: ["qwen"] };
  const asked: string[] = [];
  const deltas: string[] = [];
  const listener = definePlugin({
    manifest: { id: "test.listener", version: "1.0.0", api: "^1.0" },
    setup: ({ tap }) => void tap("model.delta", ({ text }) => void deltas.push(text)),
  });
  const host = await createTestHost({
    plugins: [aiSdk, listener],
    connections: { list: async () => [lab] },
    egress: {
      async fetch(url) {
        asked.push(url);
        return new Response(stream.join(""), { headers: { "content-type": "text/event-stream" } });
      },
    },
  });
  const listed = (await host.call("model.list", { refresh: false })).flatMap((answer) => (answer.ok ? answer.value : []));
  expect(listed).toMatchObject([{ id: "lab/qwen", paid: false, local: true }]);
  const answer = await host.call("model.call", {
    id: "r1",
    origin: { run: "run_1", task: "t", step: "s", agent: "ann", plugin: "p", actor: "me", workspace: "w" },
    model: "lab/qwen",
    skill: "write",
    system: "",
    messages: [{ role: "user", content: "What leaves?" }],
    view: { task: "t", round: 0, inputs: [], recalled: [], thread: [], feedback: [] },
    maxOutputTokens: 50,
  });
  expect(answer?.value).toMatchObject({ text: "Nothing leaves this machine.", finish: "stop", usage: { inputTokens: 7, outputTokens: 5 } });
  expect(deltas).toEqual(["Nothing leaves ", "this machine."]);
  expect(asked).toEqual(["http://127.0.0.1:9/v1/chat/completions"]);
  await host.close();
});
