import { definePlugin, Documents } from "@orrery/sdk";

const name = "documents.search";

/** The run's documents for agents: a question in, the sentences that fit it best with their citations out. */
export default definePlugin({
  manifest: {
    id: "orrery.tool.documents",
    version: "0.1.0",
    api: "^1.0",
    title: "Document search",
    description: "Lets agents search the documents their run was given.",
  },
  requires: { documents: Documents },
  setup({ use: { documents }, tap }) {
    tap("tool.list", () => [
      {
        name,
        description: "Searches the documents of this task. Gives the sentences that fit best, each with its citation [path#n].",
        input: {
          type: "object",
          properties: { query: { type: "string", minLength: 1, maxLength: 2_000 }, limit: { type: "integer", minimum: 1, maximum: 50 } },
          required: ["query"],
          additionalProperties: false,
        },
        effects: [],
        idempotent: true,
      },
    ]);
    tap("tool.call", async ({ tool, input, collection }, { signal }) => {
      if (tool !== name) return undefined;
      if (!collection) return { ok: false, output: { code: "DOCUMENTS_NONE", message: "this step was given no documents" } };
      const { query, limit = 10 } = input as { query: string; limit?: number };
      const found = await documents.search(collection, query, { limit, diversity: 0.3, signal });
      if (found.length === 0) return { ok: true, output: "Nothing fits." };
      return { ok: true, output: found.map(({ text, path, n }) => `${text} [${path}#${n}]`).join("\n") };
    });
  },
});
