import type { Documents, ModelDelta, ModelRequest, ModelResponse } from "@orrery/sdk";
import { type Corpus, loadCorpus } from "./corpus.ts";
import { answer } from "./engine.ts";
import { countTokens } from "./words.ts";

const keptCorpora = 3;

/** Answers requests from documents, a line at a time to `stream`, then whole. */
export class Provider {
  readonly #documents: Documents;
  readonly #stream: (delta: ModelDelta) => unknown;
  readonly #corpora = new Map<string, Promise<Corpus>>();

  constructor(documents: Documents, stream: (delta: ModelDelta) => unknown) {
    this.#documents = documents;
    this.#stream = stream;
  }

  async call(request: ModelRequest, signal: AbortSignal): Promise<ModelResponse> {
    const made = await answer(request, this.#documents, (collection) => this.#corpusOf(collection), signal);
    const { run, step, agent } = request.origin;
    for (const text of made.text.match(/[^\n]*\n+|[^\n]+$/g) ?? []) {
      signal.throwIfAborted();
      this.#stream({ run, step, agent, text });
    }
    const asked = [request.view.task, request.view.focus ?? "", ...request.view.inputs.map((input) => input.text), made.read].join("\n");
    return {
      model: request.model,
      text: made.text,
      ...(made.data === undefined ? {} : { data: made.data }),
      usage: { inputTokens: countTokens(asked), outputTokens: countTokens(made.text) },
      finish: made.finish,
    };
  }

  /** The agents of a run ask for the same documents one after another. */
  #corpusOf(collection: string): Promise<Corpus> {
    const known = this.#corpora.get(collection);
    if (known) return known;
    for (const oldest of this.#corpora.keys()) if (this.#corpora.size >= keptCorpora) this.#corpora.delete(oldest);
    const loading = loadCorpus(this.#documents, collection);
    this.#corpora.set(collection, loading);
    loading.catch(() => this.#corpora.delete(collection));
    return loading;
  }
}
