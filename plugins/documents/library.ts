import type { Documents, Embeddings, Log } from "@orrery/sdk";
import { type Collection, collect, type Limits, search, sentencesOf, unknownCollection } from "./collection.ts";

interface LibraryParts {
  limits: Limits & { kept: number };
  /** The sentence encoder, while there is one. */
  embeddings(): Embeddings | undefined;
  log: Log;
}

/** The collections in memory; the one used longest ago goes first. */
export class Library implements Documents {
  readonly #parts: LibraryParts;
  readonly #collections = new Map<string, Collection>();
  #told = false;

  constructor(parts: LibraryParts) {
    this.#parts = parts;
  }

  async ingest(...[files, options]: Parameters<Documents["ingest"]>) {
    const { limits } = this.#parts;
    const collection = await collect(files, limits, options?.signal);
    this.#collections.delete(collection.id);
    this.#collections.set(collection.id, collection);
    for (const id of this.#collections.keys()) if (this.#collections.size > limits.kept) this.#collections.delete(id);
    return { collection: collection.id, documents: [...collection.documents], skipped: [...collection.skipped] };
  }

  async has(id: string) {
    return this.#collections.has(id);
  }

  async list(id: string) {
    return [...this.#open(id).documents];
  }

  async sentences(id: string, path: string) {
    return sentencesOf(this.#open(id), path);
  }

  async sentence(id: string, path: string, n: number) {
    const collection = this.#open(id);
    const from = collection.offset.get(path);
    const sentence = from === undefined ? undefined : collection.sentences[from + n - 1];
    return sentence?.path === path ? sentence : undefined;
  }

  async search(...[id, query, options]: Parameters<Documents["search"]>) {
    return search(this.#open(id), query, {
      ...options,
      embeddings: this.#parts.embeddings(),
      onFallback: (error) => {
        if (!this.#told)
          this.#parts.log.warn("searching by words alone: the encoder could not be used", { error: error instanceof Error ? error.message : String(error) });
        this.#told = true;
      },
    });
  }

  #open(id: string): Collection {
    const collection = this.#collections.get(id);
    if (!collection) throw unknownCollection(id);
    this.#collections.delete(id);
    this.#collections.set(id, collection);
    return collection;
  }
}
