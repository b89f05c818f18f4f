import { type AnyPlugin, definePlugin, type ModelInfo, type ModelRequest, type ToolRequest } from "@orrery/sdk";

export const echoModel: ModelInfo = {
  id: "test/echo",
  provider: "test",
  label: "echo",
  kind: "generative",
  local: true,
  paid: false,
  state: "connected",
  source: "this test",
};

/** What is said, or the tools that are to be called first. */
type Answer = string | { toolCalls: ToolRequest[] };

/** A provider and router of one free local model whose answers the test writes. */
export const scripted = (answer: (request: ModelRequest) => Answer | Promise<Answer>, model: ModelInfo = echoModel): AnyPlugin =>
  definePlugin({
    manifest: { id: "test.provider", version: "1.0.0", api: "^1.0", capabilities: ["hook.call:model.delta"] },
    setup({ tap, call }) {
      tap("model.list", () => [model]);
      tap("task.route", () => ({ model: model.id, maxOutputTokens: 100, why: "the only one", considered: [] }));
      tap("model.call", async (request) => {
        const given = await answer(request);
        const { text, toolCalls } = typeof given === "string" ? { text: given } : { text: "", ...given };
        call("model.delta", { run: request.origin.run, step: request.origin.step, agent: request.origin.agent, text });
        return { model: model.id, text, ...(toolCalls ? { toolCalls } : {}), usage: { inputTokens: 10, outputTokens: 5 }, finish: "stop" };
      });
    },
  });

export const teamOf = (...ids: string[]) => ({ name: "a test team", agents: ids.map((id) => ({ id, role: id, skill: "write", prompt: "p", tools: [] })) });
