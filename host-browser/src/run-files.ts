import type { InputFile } from "@orrery/sdk";
import type { StateDatabase } from "./database.ts";

/** The documents each run was given, kept once by content, so that follow-ups and citations can read them again. */
export class RunFiles {
  readonly #database: StateDatabase;

  constructor(database: StateDatabase) {
    this.#database = database;
  }

  async keep(run: string, thread: string, files: InputFile[]): Promise<void> {
    if (files.length === 0) return;
    const named = await Promise.all(
      files.map(async ({ path, bytes, mediaType }) => ({ path, id: await idOf(bytes), size: bytes.length, bytes, ...(mediaType ? { mediaType } : {}) })),
    );
    await this.#database.transaction("rw", this.#database.files, this.#database.runFiles, async () => {
      await this.#database.files.bulkPut(named.map(({ id, bytes }) => ({ id, bytes })));
      await this.#database.runFiles.put({ run, thread, files: named.map(({ bytes: _, ...file }) => file) });
    });
  }

  async of(run: string): Promise<InputFile[]> {
    return this.#load((await this.#database.runFiles.get(run))?.files ?? []);
  }

  /** Bytes of them. */
  async bytesOf(run: string): Promise<number> {
    return ((await this.#database.runFiles.get(run))?.files ?? []).reduce((sum, { size = 0 }) => sum + size, 0);
  }

  /** The documents the conversation had last. */
  async ofThread(thread: string): Promise<InputFile[]> {
    const rows = await this.#database.runFiles.where("thread").equals(thread).sortBy("run");
    return this.#load(rows.at(-1)?.files ?? []);
  }

  /** With their contents, where no other run was given the same. */
  async forget(runs: readonly string[]): Promise<void> {
    const { files, runFiles } = this.#database;
    await this.#database.transaction("rw", files, runFiles, async () => {
      await runFiles.bulkDelete([...runs]);
      const used = new Set((await runFiles.toArray()).flatMap((row) => row.files.map(({ id }) => id)));
      await files.bulkDelete((await files.toCollection().primaryKeys()).filter((id) => !used.has(id)));
    });
  }

  async #load(files: { path: string; id: string; mediaType?: string }[]): Promise<InputFile[]> {
    const rows = await this.#database.files.bulkGet(files.map(({ id }) => id));
    return files.flatMap(({ path, mediaType }, i) => {
      const bytes = rows[i]?.bytes;
      return bytes ? [{ path, bytes, ...(mediaType ? { mediaType } : {}) }] : [];
    });
  }
}

async function idOf(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
