import { type DocumentInfo, type Embeddings, type InputFile, OrreryError, type Passage, type Sentence, type SkippedFile } from "@orrery/sdk";
import { buildIndex, type Index } from "./bm25.ts";
import { diverse, dot, mixed, overlap } from "./rank.ts";
import { readDocument } from "./read.ts";
import { concepts, terms } from "./terms.ts";

/** Documents read, numbered and indexed. */
export interface Collection {
  readonly id: string;
  readonly documents: readonly DocumentInfo[];
  readonly skipped: readonly SkippedFile[];
  readonly sentences: readonly Sentence[];
  /** Where each file's sentences begin in `sentences`. */
  readonly offset: ReadonlyMap<string, number>;
  readonly index: Index;
}

export interface Limits {
  /** Bytes of one file. */
  readonly fileBytes: number;
  /** Bytes of all files together; files past it are skipped. */
  readonly totalBytes: number;
}

/** Reads files in the order of their paths. The id is a digest of paths and contents: the same files give the same collection. */
export async function collect(files: readonly InputFile[], limits: Limits, signal?: AbortSignal): Promise<Collection> {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const documents: DocumentInfo[] = [];
  const skipped: SkippedFile[] = [];
  const sentences: Sentence[] = [];
  const offset = new Map<string, number>();
  let total = 0;
  for (const file of sorted) {
    signal?.throwIfAborted();
    if (offset.has(file.path)) {
      skipped.push({ path: file.path, code: "DUPLICATE", reason: "another file of the same path was read" });
      continue;
    }
    total += file.bytes.length;
    if (total > limits.totalBytes) {
      skipped.push({
        path: file.path,
        code: "TOO_LARGE",
        reason: `all files together have more than ${Math.round(limits.totalBytes / 1e6)} MB: hand in fewer`,
      });
      continue;
    }
    const read = await readDocument(file, limits.fileBytes);
    if ("skipped" in read) {
      skipped.push(read.skipped);
      continue;
    }
    documents.push(read.info);
    offset.set(file.path, sentences.length);
    for (const sentence of read.sentences) sentences.push(sentence);
  }
  return { id: await digest(sorted), documents, skipped, sentences, offset, index: buildIndex(sentences) };
}

async function digest(files: readonly InputFile[]): Promise<string> {
  const parts: string[] = [];
  for (const file of files) parts.push(JSON.stringify([file.path, hex(await crypto.subtle.digest("SHA-256", file.bytes as Uint8Array<ArrayBuffer>))]));
  return `docs_${hex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(parts.join("\n")))).slice(0, 24)}`;
}
const hex = (buffer: ArrayBuffer): string => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** The sentences of one file, in order. */
export function sentencesOf(collection: Collection, path: string): Sentence[] {
  const from = collection.offset.get(path);
  const info = collection.documents.find((document) => document.path === path);
  return from === undefined || !info ? [] : collection.sentences.slice(from, from + info.sentences);
}

/** What is embedded for a sentence: the heading above it says what "it" is. */
const inContext = ({ headings, text }: Sentence): string => `${(headings.at(-1) ?? "").slice(0, 60)}: ${text}`.slice(0, 200);

/** At most this many candidates are embedded for one question. */
const mostEmbedded = 150;

/**
 * Best passages for a question. BM25 picks the candidates; with embeddings their scores are a convex mix of words and meaning;
 * `diversity` thins repeats. `onFallback` is told once when the embeddings cannot be had and words alone decide.
 */
export async function search(
  collection: Collection,
  query: string,
  options: {
    limit?: number;
    diversity?: number;
    kinds?: Sentence["kind"][];
    signal?: AbortSignal;
    embeddings?: Embeddings | undefined;
    onFallback?: (error: unknown) => void;
  } = {},
): Promise<Passage[]> {
  const limit = Math.max(1, Math.min(200, options.limit ?? 10));
  const asked = concepts(query);
  const kinds = options.kinds && new Set(options.kinds);
  const pool = Math.min(mostEmbedded, Math.max(40, limit));
  const found = collection.index.search(asked, pool, kinds && ((at) => kinds.has((collection.sentences[at] as Sentence).kind)));
  const texts = found.map(({ at }) => inContext(collection.sentences[at] as Sentence));
  let vectors: Float32Array[] | undefined;
  if (options.embeddings && found.length > 0) {
    try {
      vectors = await options.embeddings.embed([query, ...texts], options.signal ? { signal: options.signal } : {});
    } catch (error) {
      options.signal?.throwIfAborted();
      options.onFallback?.(error);
    }
  }
  const ranked = mixed(
    found.map(({ at, score }, i) => ({ at, words: score, ...(vectors?.[i + 1] ? { vector: vectors[i + 1] as Float32Array } : {}) })),
    vectors?.[0],
  );
  const bags = new Map<number, ReadonlySet<string>>();
  const bag = (at: number): ReadonlySet<string> => {
    let set = bags.get(at);
    if (!set) {
      set = new Set(terms((collection.sentences[at] as Sentence).text));
      bags.set(at, set);
    }
    return set;
  };
  const alike = (a: (typeof ranked)[number], b: (typeof ranked)[number]) =>
    Math.max(overlap(bag(a.at), bag(b.at)), a.vector && b.vector ? dot(a.vector, b.vector) : 0);
  return diverse(ranked, limit, Math.min(1, options.diversity ?? 0), alike).map(({ at, score }) => ({
    ...(collection.sentences[at] as Sentence),
    score: Math.min(1, score),
  }));
}

/** The error for a collection nobody read in this process. */
export const unknownCollection = (id: string): OrreryError =>
  new OrreryError("COLLECTION_UNKNOWN", `there is no document collection "${id}" here`, {
    todo: "Hand the documents in again: collections live as long as the process that read them.",
  });
