import { definePlugin } from "@orrery/sdk";

const name = "count";
const input = {
  type: "object",
  properties: { text: { type: "string", maxLength: 200_000, description: "The text to count in." } },
  required: ["text"],
  additionalProperties: false,
};

/** A tool for agents that have a length to keep: they name it in their team as `tools: [count]`. */
export default definePlugin({
  manifest: {
    id: "acme.word-count",
    version: "1.0.0",
    api: "^1.0",
    title: "Word count",
    description: "A tool that counts the words, sentences and characters of a text.",
  },
  setup({ tap }) {
    // It reads what it is given and nothing else, so it has no effects; doing it twice is doing it once.
    tap("tool.list", () => [{ name, description: "Counts the words, sentences and characters of a text.", input, effects: [], idempotent: true }]);

    tap("tool.call", (call) => {
      // Another plugin's tool is another plugin's to answer.
      if (call.tool !== name) return undefined;
      const { text } = /** @type {{ text: string }} */ (call.input);
      const words = text.match(/\S+/g) ?? [];
      const sentences = text.match(/[^.!?\s][^.!?]*[.!?]*/g) ?? [];
      return { ok: true, output: { words: words.length, sentences: sentences.length, characters: [...text].length } };
    });
  },
});
