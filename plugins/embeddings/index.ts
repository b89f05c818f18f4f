import { Assets, definePlugin, Embeddings, Storage } from "@orrery/sdk";
import { z } from "zod";
import { vectorCache } from "./cache.ts";
import type { Encoder } from "./encoder.ts";
import { vectorShelf } from "./shelf.ts";

const model = { id: "use-lite-en/q8", dimensions: 512 };

/** Sentence vectors from an encoder that comes with the product: nothing is loaded before the first text, nothing leaves the machine. */
export default definePlugin({
  manifest: {
    id: "orrery.embeddings",
    version: "1.0.0",
    api: "^1.0",
    title: "Sentence encoder",
    description: "512-dimensional English sentence vectors, computed here by WebAssembly; the same bits in Node and in a browser.",
  },
  config: z
    .object({
      kept: z.int().positive().default(20_000).describe("Vectors kept in memory and, as many again, in the store (2 KB each)"),
    })
    .prefault({}),
  requires: { assets: Assets },
  provides: [Embeddings],
  setup({ use, config, provide, when, own, log }) {
    const cache = vectorCache(config.kept);
    let opening: Promise<Encoder> | undefined;
    let running: Promise<unknown> = Promise.resolve();
    let storing: Promise<unknown> = Promise.resolve();
    let shelf: ReturnType<typeof vectorShelf> | undefined;
    when({ storage: Storage }, ({ use: { storage }, own: tie }) => {
      shelf = vectorShelf(storage.open("orrery.embeddings"), model.id, model.dimensions, config.kept);
      tie("shelf", () => {
        shelf = undefined;
      });
    });
    const open = (): Promise<Encoder> => {
      opening ??= import("./encoder.ts")
        .then(({ openEncoder }) => openEncoder(use.assets))
        .catch((error: unknown) => {
          opening = undefined;
          throw error;
        });
      return opening;
    };
    own("encoder", async () => {
      await running;
      await storing;
      await (await opening?.catch(() => undefined))?.close();
    });
    provide(Embeddings, {
      model,
      async embed(texts, { signal } = {}) {
        // One at a time: the session is single-threaded, and calls that overlap would only queue inside it.
        const turn = running.then(async () => {
          const known = new Map<string, Float32Array>();
          for (const text of new Set(texts)) {
            const vector = cache.get(text);
            if (vector) known.set(text, vector);
          }
          const kept = await shelf?.read([...new Set(texts)].filter((text) => !known.has(text)));
          for (const [text, vector] of kept ?? []) known.set(text, vector);
          const fresh = new Map<string, Float32Array>();
          for (const text of new Set(texts)) {
            if (known.has(text)) continue;
            signal?.throwIfAborted();
            const encoder = await open();
            const vector = await encoder.encode(text);
            fresh.set(text, vector);
            known.set(text, vector);
          }
          for (const [text, vector] of known) cache.set(text, vector);
          if (fresh.size > 0)
            storing = storing
              .then(() => shelf?.write(fresh))
              .catch((error: unknown) => log.warn("vectors could not be kept for the next run", { error: String(error) }));
          return texts.map((text) => known.get(text) as Float32Array);
        });
        running = turn.catch(() => undefined);
        return turn;
      },
    });
  },
});
