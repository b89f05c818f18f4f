import { definePlugin, Documents, type ModelInfo } from "@orrery/sdk";
import { type Corpus, loadCorpus } from "./corpus.ts";
import { answer } from "./engine.ts";
import { countTokens } from "./words.ts";

const model: ModelInfo = {
  id: "orrery/extractive",
  provider: "orrery",
  label: "Extractive engine",
  kind: "extractive",
  local: true,
  paid: false,
  state: "embedded",
  source: "built in",
  note: "Selects and arranges sentences of your documents; it cannot invent prose. Tokens are words and punctuation marks.",
};

const keptCorpora = 3;

/** The embedded default: answers from documents, with citations, with no key and no download. */
export default definePlugin({
  manifest: {
    id: "orrery.provider.extractive",
    version: "1.0.0",
    api: "^1.0",
    title: "Extractive engine",
    description: "Selects, checks and arranges sentences of the documents it is given, each with its citation. It cannot invent prose.",
    capabilities: ["hook.call:model.delta"],
  },
  requires: { documents: Documents },
  setup({ use, tap, call }) {
    const corpora = new Map<string, Promise<Corpus>>();
    // The agents of a run ask for the same documents one after another.
    const corpusOf = (collection: string): Promise<Corpus> => {
      const known = corpora.get(collection);
      if (known) return known;
      for (const oldest of corpora.keys()) if (corpora.size >= keptCorpora) corpora.delete(oldest);
      const loading = loadCorpus(use.documents, collection);
      corpora.set(collection, loading);
      loading.catch(() => corpora.delete(collection));
      return loading;
    };
    tap("model.list", () => [model]);
    tap("model.call", async (request, { signal }) => {
      if (request.model !== model.id) return undefined;
      const made = await answer(request, use.documents, corpusOf, signal);
      const { run, step, agent } = request.origin;
      for (const text of made.text.match(/[^\n]*\n+|[^\n]+$/g) ?? []) {
        signal.throwIfAborted();
        call("model.delta", { run, step, agent, text });
      }
      const asked = [request.view.task, request.view.focus ?? "", ...request.view.inputs.map((input) => input.text), made.read].join("\n");
      return {
        model: model.id,
        text: made.text,
        ...(made.data === undefined ? {} : { data: made.data }),
        usage: { inputTokens: countTokens(asked), outputTokens: countTokens(made.text) },
        finish: made.finish,
      };
    });
  },
});
