import { createHash } from "node:crypto";
import type { InputFile, Json, KeyValue, SkippedFile } from "@orrery/sdk";
import type { Settings } from "../settings/schema.ts";
import { readDocuments } from "./read-documents.ts";

/** What a run was given to read, so that a follow-up and a citation can read it again. */
export interface RunDocuments {
  files: InputFile[];
  skipped: SkippedFile[];
  sources: string[];
}
/** `size` in bytes; what was kept before sizes were has none. */
type Kept = { sources: string[]; files: { path: string; id: string; size?: number }[] };

/** Folders are kept by path and read anew; contents that were handed over are kept once, by their hash. */
export class RunFiles {
  readonly #store: KeyValue;
  readonly #limits: Settings["documents"];
  readonly #workspace: string;

  constructor(store: KeyValue, { documents, workspace }: Pick<Settings, "documents" | "workspace">) {
    this.#store = store;
    this.#limits = documents;
    this.#workspace = workspace;
  }

  async keep(run: string, { files, sources }: RunDocuments): Promise<void> {
    if (files.length === 0) return;
    const handed = sources.length > 0 ? [] : files.map(({ path, bytes }) => ({ path, bytes, id: createHash("sha256").update(bytes).digest("hex") }));
    const kept: Kept = { sources, files: handed.map(({ path, id, bytes }) => ({ path, id, size: bytes.length })) };
    // Named before it is kept: what another run no longer needs is then not taken away from this one.
    await this.#store.set(`run/${run}`, kept);
    for (const { id, bytes } of handed) if (!(await this.#store.getBytes(`content/${id}`))) await this.#store.setBytes(`content/${id}`, bytes);
  }

  /** The conversation goes on with what this run reads. */
  async follow(thread: string, run: string, { files }: RunDocuments): Promise<void> {
    if (files.length > 0) await this.#store.set(this.#threadKey(thread), run);
  }

  /** With their contents, where no other run was given the same. */
  async forget(runs: readonly string[]): Promise<void> {
    const gone = new Set(runs.map((run) => `run/${run}`));
    const ids = (rows: readonly { value: Json }[]): string[] => rows.flatMap(({ value }) => (value as Kept).files.map(({ id }) => id));
    const rows = (await this.#store.list("run/")).filter(({ key }) => gone.has(key));
    for (const { key } of rows) await this.#store.delete(key);
    for (const { key, value } of await this.#store.list("thread/")) if (gone.has(`run/${value}`)) await this.#store.delete(key);
    // Asked last: a run that begins meanwhile has named what it reads.
    const used = new Set(ids(await this.#store.list("run/")));
    for (const id of new Set(ids(rows))) if (!used.has(id)) await this.#store.delete(`content/${id}`);
  }

  /** Bytes of the documents that were handed over; folders are not kept. */
  async bytesOf(run: string): Promise<number> {
    let sum = 0;
    for (const { id, size } of ((await this.#store.get(`run/${run}`)) as Kept | undefined)?.files ?? [])
      sum += size ?? (await this.#store.getBytes(`content/${id}`))?.length ?? 0;
    return sum;
  }

  /** Empty when the run had none, or they are gone. */
  async of(run: string): Promise<RunDocuments> {
    const kept = (await this.#store.get(`run/${run}`)) as Kept | undefined;
    if (!kept) return { files: [], skipped: [], sources: [] };
    if (kept.sources.length > 0) return readDocuments(kept.sources, this.#limits);
    const files: InputFile[] = [];
    for (const { path, id } of kept.files) {
      const bytes = await this.#store.getBytes(`content/${id}`);
      if (bytes) files.push({ path, bytes });
    }
    return { files, skipped: [], sources: [] };
  }

  /** What the conversation read last. */
  async ofThread(thread: string): Promise<RunDocuments> {
    const run = await this.#store.get(this.#threadKey(thread));
    return typeof run === "string" ? this.of(run) : { files: [], skipped: [], sources: [] };
  }

  /** A thread is its workspace's: knowing its name elsewhere opens nothing. */
  #threadKey(thread: string): string {
    return `thread/${this.#workspace}/${thread}`;
  }
}
