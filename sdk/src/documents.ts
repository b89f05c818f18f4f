import { token } from "@orrery/kernel";

/** A file as a host hands it in; `path` is relative to the folder it came from, with forward slashes. */
export interface InputFile {
  path: string;
  bytes: Uint8Array;
  mediaType?: string;
}
export interface DocumentInfo {
  path: string;
  title: string;
  format: string;
  bytes: number;
  sentences: number;
  words: number;
}
/** A file that was not read, and why: listed, never silently dropped. */
export interface SkippedFile {
  path: string;
  code: string;
  reason: string;
}
export interface Sentence {
  path: string;
  /** The sentence's number in its file, from 1. */
  n: number;
  /** Verbatim, white space folded to one line. */
  text: string;
  /** The headings above it, outermost first. */
  headings: string[];
  kind: "prose" | "list" | "table" | "code" | "heading" | "data";
}
export interface Passage extends Sentence {
  /** 0–1 within this search. */
  score: number;
}
export interface Ingested {
  /** Names the content: the same files give the same collection. */
  collection: string;
  documents: DocumentInfo[];
  skipped: SkippedFile[];
}
export interface Documents {
  ingest(files: InputFile[], options?: { signal?: AbortSignal }): Promise<Ingested>;
  has(collection: string): Promise<boolean>;
  list(collection: string): Promise<DocumentInfo[]>;
  sentences(collection: string, path: string): Promise<Sentence[]>;
  sentence(collection: string, path: string, n: number): Promise<Sentence | undefined>;
  /** Best first; deterministic. `diversity` 0 (none) – 1; `kinds`: only sentences of these kinds. */
  search(
    collection: string,
    query: string,
    options?: { limit?: number; diversity?: number; kinds?: Sentence["kind"][]; signal?: AbortSignal },
  ): Promise<Passage[]>;
}
export const Documents = token<Documents>("orrery.documents@1");

export interface Embeddings {
  readonly model: { id: string; dimensions: number };
  /** One normalised vector a text: the dot product is the cosine. The same bits in every host. Throws EMBEDDINGS_UNAVAILABLE when the host has no model. */
  embed(texts: string[], options?: { signal?: AbortSignal }): Promise<Float32Array[]>;
}
export const Embeddings = token<Embeddings>("orrery.embeddings@1");
