import { fileChanged, type FileContent, type Json, type KeyValue, OrreryError, sha256, type Workspace, type WorkspaceFile } from "@orrery/sdk";
import { pathOf } from "./path.ts";

interface Caps {
  maxFiles: number;
  maxFileBytes: number;
  maxRunBytes: number;
}
/** A version with the key its content is under: paths never become keys, so no path can name another run's content. */
type Row = WorkspaceFile & { key: string };

/** Files by run. Writes to one run are done one after another; the list of a run names a version only when its content is kept. */
export class RunFiles implements Workspace {
  readonly #store: KeyValue;
  readonly #caps: Caps;
  readonly #now: () => number;
  readonly #writing = new Map<string, Promise<unknown>>();

  constructor(store: KeyValue, caps: Caps, now: () => number) {
    this.#store = store;
    this.#caps = caps;
    this.#now = now;
  }

  async list(run: string): Promise<WorkspaceFile[]> {
    const newest = new Map((await this.#rows(run)).map((row) => [row.path, row]));
    return [...newest.values()].map(shown).sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async versions(run: string, path: string): Promise<WorkspaceFile[]> {
    const plain = pathOf(path);
    return (await this.#rows(run)).filter((row) => row.path === plain).map(shown);
  }

  async read(run: string, path: string, version?: number): Promise<{ file: WorkspaceFile; bytes: Uint8Array } | undefined> {
    const plain = pathOf(path);
    const row = (await this.#rows(run)).findLast((each) => each.path === plain && (version === undefined || each.version === version));
    const bytes = row && (await this.#store.getBytes(row.key));
    if (!row || !bytes) return undefined;
    const found = row.sha256 && (await sha256(bytes));
    if (row.sha256 && found !== row.sha256) throw fileChanged(run, row, row.sha256, found);
    return { file: shown(row), bytes };
  }

  async hashOf(run: string, path: string, version: number): Promise<string | undefined> {
    const plain = pathOf(path);
    const row = (await this.#rows(run)).find((each) => each.path === plain && each.version === version);
    const bytes = row && (await this.#store.getBytes(row.key));
    return bytes && sha256(bytes);
  }

  write(run: string, path: string, bytes: Uint8Array, from: string): Promise<WorkspaceFile> {
    return this.#inTurn(run, () => this.#write(run, pathOf(path), bytes, from));
  }

  copyFiles(from: string, to: string, versions: readonly { path: string; version: number }[]): Promise<void> {
    return this.#inTurn(to, () => this.#copy(from, to, versions));
  }

  restoreFiles(run: string, files: readonly FileContent[]): Promise<void> {
    return this.#inTurn(run, () => this.#restore(run, files));
  }

  removeFiles(run: string): Promise<void> {
    return this.#inTurn(run, async () => {
      const rows = await this.#rows(run);
      // One more than are listed: a write may have broken off between its content and the list. The list goes last, so that this can be done again.
      for (const key of [...rows.map((row) => row.key), contentKey(run, rows.length)]) await this.#store.delete(key);
      await this.#store.delete(keyOf(run));
    });
  }

  #inTurn<T>(run: string, work: () => Promise<T>): Promise<T> {
    const before = this.#writing.get(run) ?? Promise.resolve();
    const written = before.catch(() => undefined).then(work);
    const settled = written
      .catch(() => undefined)
      .then(() => {
        if (this.#writing.get(run) === settled) this.#writing.delete(run);
      });
    this.#writing.set(run, settled);
    return written;
  }

  async #write(run: string, path: string, bytes: Uint8Array, from: string): Promise<WorkspaceFile> {
    this.#admitOne(path, bytes);
    const rows = await this.#rows(run);
    const earlier = rows.filter((row) => row.path === path);
    const last = earlier.at(-1);
    const same = last && (await this.#store.getBytes(last.key));
    if (last && same && equal(same, bytes)) return { ...shown(last), sha256: await sha256(same) };
    const row = await this.#rowOf(run, { path, version: (last?.version ?? 0) + 1, from, bytes }, rows.length);
    this.#admitAll([...rows, row]);
    await this.#store.setBytes(row.key, bytes);
    await this.#store.set(keyOf(run), [...rows, row] as unknown as Json);
    return shown(row);
  }

  async #restore(run: string, files: readonly FileContent[]): Promise<void> {
    const rows: Row[] = [];
    const ordered = files.toSorted((a, b) => a.version - b.version);
    for (const file of ordered) {
      this.#admitOne(file.path, file.bytes);
      const row = await this.#rowOf(run, { ...file, path: pathOf(file.path) }, rows.length);
      if (rows.some(({ path, version }) => path === row.path && version === row.version)) throw twice(row);
      rows.push(row);
    }
    this.#admitAll(rows);
    // The list grows with the content: what breaks off here can be removed.
    for (const [i, { bytes }] of ordered.entries()) {
      await this.#store.setBytes(contentKey(run, i), bytes);
      await this.#store.set(keyOf(run), rows.slice(0, i + 1) as unknown as Json);
    }
  }

  async #rowOf(run: string, { path, version, from, bytes }: FileContent, n: number): Promise<Row> {
    const kept = { bytes: bytes.length, mediaType: mediaTypeOf(path), from, at: this.#now(), sha256: await sha256(bytes) };
    return { path, version, ...kept, key: contentKey(run, n) };
  }

  #admitOne(path: string, { length }: Uint8Array): void {
    const { maxFileBytes } = this.#caps;
    if (length > maxFileBytes) throw full(`"${path}" has ${length} bytes; ${maxFileBytes} are the most for one file`);
  }

  #admitAll(rows: readonly Row[]): void {
    const { maxFiles, maxRunBytes } = this.#caps;
    if (new Set(rows.map(({ path }) => path)).size > maxFiles) throw full(`the run has ${maxFiles} files, which is the most`);
    const total = rows.reduce((sum, row) => sum + row.bytes, 0);
    if (total > maxRunBytes) throw full(`all versions of the run's files together would have ${total} bytes; ${maxRunBytes} are the most`);
  }

  async #copy(from: string, to: string, versions: readonly { path: string; version: number }[]): Promise<void> {
    const wanted = new Set(versions.map(({ path, version }) => `${version} ${path}`));
    const rows: Row[] = [];
    for (const row of await this.#rows(from)) {
      const bytes = wanted.has(`${row.version} ${row.path}`) ? await this.#store.getBytes(row.key) : undefined;
      if (!bytes) continue;
      const key = contentKey(to, rows.length);
      await this.#store.setBytes(key, bytes);
      rows.push({ ...row, key });
    }
    if (rows.length > 0) await this.#store.set(keyOf(to), rows as unknown as Json);
  }

  async #rows(run: string): Promise<Row[]> {
    return ((await this.#store.get(keyOf(run))) ?? []) as unknown as Row[];
  }
}

const shown = ({ key: _, ...file }: Row): WorkspaceFile => file;
const full = (what: string): OrreryError =>
  new OrreryError("WORKSPACE_FULL", `Nothing was written: ${what}.`, { todo: "Write less, or raise the caps of orrery.workspace.", refusal: true });
const twice = ({ path, version }: WorkspaceFile): OrreryError =>
  new OrreryError("WORKSPACE_PATH", `"${path}" is there twice as version ${version}. Nothing was written.`, { todo: "Give each version once.", refusal: true });
const keyOf = (run: string): string => `run/${run.slice(0, 200)}`;
const contentKey = (run: string, n: number): string => `content/${run.slice(0, 200)}/${n}`;
const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

const types: Readonly<Record<string, string>> = { md: "text/markdown", json: "application/json", csv: "text/csv", html: "text/html", yaml: "application/yaml" };
const mediaTypeOf = (path: string): string => types[/\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ""] ?? "text/plain";
