import { definePlugin, Documents, Embeddings, lazy, optional } from "@orrery/sdk";
import { z } from "zod";
import type { Library } from "./library.ts";

/** Reading, numbering and searching, loaded when documents first come. */
export const load = lazy(() => import("./library.ts"));

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
      fileBytes: z.int().positive().default(20_000_000).describe("Bytes of one file"),
      totalBytes: z.int().positive().default(80_000_000).describe("Bytes of all files of a collection"),
      kept: z.int().positive().default(8).describe("Collections kept in memory; the one used longest ago goes first"),
    })
    .prefault({}),
  provides: [Documents],
  setup({ config, provide, when, log }) {
    const embeddings = optional(when, Embeddings);
    let opened: Library | undefined;
    const library = async (): Promise<Library> => {
      const { Library } = await load();
      return (opened ??= new Library({ limits: config, embeddings, log }));
    };
    provide(Documents, {
      ingest: async (...asked) => (await library()).ingest(...asked),
      has: async (...asked) => (await library()).has(...asked),
      list: async (...asked) => (await library()).list(...asked),
      sentences: async (...asked) => (await library()).sentences(...asked),
      sentence: async (...asked) => (await library()).sentence(...asked),
      search: async (...asked) => (await library()).search(...asked),
    });
  },
});
