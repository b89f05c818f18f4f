import { definePlugin, type ModelInfo } from "@orrery/sdk";

const parrot: ModelInfo = {
  id: "acme/parrot",
  provider: "acme",
  label: "Parrot",
  kind: "generative",
  local: true,
  paid: false,
  state: "embedded",
  source: "built in",
};

/** A model provider: lists its model, answers the requests made of it, and streams while it does. */
export default definePlugin({
  manifest: { id: "acme.parrot", version: "1.0.0", api: "^1.0", capabilities: [{ name: "hook.call:model.delta", reason: "it streams its output" }] },
  setup({ tap, call }) {
    tap("model.list", () => [parrot]);
    tap("model.call", ({ model, messages, origin }, { signal }) => {
      if (model !== parrot.id) return undefined;
      const heard = messages.at(-1)?.content ?? "";
      const words = heard.split(/\s+/);
      for (const word of words) {
        signal.throwIfAborted();
        call("model.delta", { run: origin.run, step: origin.step, agent: origin.agent, text: `${word} ` });
      }
      return { model, text: words.join(" "), usage: { inputTokens: words.length, outputTokens: words.length }, finish: "stop" };
    });
  },
});
