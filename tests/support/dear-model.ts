import { definePlugin, type ModelInfo } from "@orrery/sdk";

const dear: ModelInfo = {
  id: "lab/dear",
  provider: "lab",
  label: "dear",
  kind: "generative",
  local: false,
  paid: true,
  state: "connected",
  source: "this test",
};
/** A provider of one model that costs money, and answers everything with a number. */
export const lab = definePlugin({
  manifest: { id: "test.lab", version: "1.0.0", api: "^1.0" },
  setup({ tap }) {
    tap("model.list", () => [dear]);
    tap("model.call", ({ model }) => (model === dear.id ? { model, text: "7", usage: { inputTokens: 100, outputTokens: 10 }, finish: "stop" } : undefined));
  },
});
