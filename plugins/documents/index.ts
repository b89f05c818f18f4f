import { definePlugin, Documents, Embeddings } from "@orrery/sdk";
import { z } from "zod";
import { type Collection, collect, search, sentencesOf, unknownCollection } from "./collection.ts";

/** Reads Markdown, text, HTML, PDF, JSON, CSV and source code into numbered sentences and finds the ones a question asks for. */
export default definePlugin({
  manifest: {
    id: "orrery.documents",
    version: "1.0.0",
    api: "^1.0",
    title: "Documents",
    description: "Reads documents into numbered sentences; searches them by words and, where there is an encoder, by meaning.",
  },
  config: z
    .object({
      /** Bytes of one file. */
      fileBytes: z.int().positive().default(20_000_000),
      /** Bytes of all files of a collection. */
      totalBytes: z.int().positive().default(80_000_000),
      /** Collections kept in memory; the one used longest ago goes first. */
      kept: z.int().positive().default(8),
    })
    .prefault({}),
  provides: [Documents],
  setup({ config, provide, when, log }) {
    const collections = new Map<string, Collection>();
    let embeddings: Embeddings | undefined;
    let told = false;
    when({ encoder: Embeddings }, ({ use, own }) => {
      embeddings = use.encoder;
      own("encoder", () => {
        embeddings = undefined;
      });
    });
    const open = (id: string): Collection => {
      const collection = collections.get(id);
      if (!collection) throw unknownCollection(id);
      collections.delete(id);
      collections.set(id, collection);
      return collection;
    };
    provide(Documents, {
      async ingest(files, options) {
        const collection = await collect(files, config, options?.signal);
        collections.delete(collection.id);
        collections.set(collection.id, collection);
        for (const id of collections.keys()) if (collections.size > config.kept) collections.delete(id);
        return { collection: collection.id, documents: [...collection.documents], skipped: [...collection.skipped] };
      },
      has: async (id) => collections.has(id),
      list: async (id) => [...open(id).documents],
      sentences: async (id, path) => sentencesOf(open(id), path),
      async sentence(id, path, n) {
        const collection = open(id);
        const from = collection.offset.get(path);
        const sentence = from === undefined ? undefined : collection.sentences[from + n - 1];
        return sentence?.path === path ? sentence : undefined;
      },
      search: (id, query, options) =>
        search(open(id), query, {
          ...options,
          embeddings,
          onFallback: (error) => {
            if (!told) log.warn("searching by words alone: the encoder could not be used", { error: error instanceof Error ? error.message : String(error) });
            told = true;
          },
        }),
    });
  },
});
