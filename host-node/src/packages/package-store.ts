import { existsSync } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { OrreryError } from "@orrery/sdk";
import { assertConsent, installedPackage, type PackageConsent, type PluginPackage, readPackage, reportPackage } from "@orrery/sdk/package";
import type { Home } from "../home.ts";
import { isPart, removeDurably, writeDurably } from "./durable-file.ts";
import { exclusively } from "./exclusive.ts";
import { type LockEntry, type Lockfile, readLockfile, writeLockfile } from "./lockfile.ts";

/** Takes away what a plugin left in this home besides its package; told its id. May be asked more than once. */
export type Clean = (id: string) => Promise<void>;

/**
 * The installed packages of one home: each archive as it came, and a lockfile that says which count. Replacing the lockfile is the one moment at which
 * something becomes installed, updated or removed; whatever a process that was killed left besides is swept away later.
 */
export class PackageStore {
  readonly #folder: string;
  readonly #lockfile: string;
  readonly #clean: Clean;

  constructor(home: Pick<Home, "packages" | "lockfile">, clean: Clean) {
    this.#folder = home.packages;
    this.#lockfile = home.lockfile;
    this.#clean = clean;
  }

  /** By id. Throws PACKAGES_UNREADABLE. */
  async list(): Promise<readonly LockEntry[]> {
    return (await readLockfile(this.#lockfile)).packages;
  }

  async find(id: string): Promise<LockEntry> {
    const packages = await this.list();
    const found = packages.find((each) => each.id === id);
    if (found) return found;
    const there = packages.map((each) => each.id).join(", ");
    throw new OrreryError("PACKAGE_UNKNOWN", `no package "${id.slice(0, 100)}" is installed`, {
      todo: there ? `There are: ${there}.` : "None is installed.",
      refusal: true,
    });
  }

  /** An installed package, held against the lockfile anew. Throws PACKAGE_MISSING, PACKAGE_CORRUPT. */
  async load(entry: LockEntry): Promise<PluginPackage> {
    const todo = `Install it again, or remove it: orrery plugin remove ${entry.id}`;
    const bytes = await readFile(join(this.#folder, fileOf(entry))).catch((cause: unknown) => {
      throw new OrreryError("PACKAGE_MISSING", `the archive of ${entry.id} ${entry.version} is gone from ${this.#folder}`, { todo, cause });
    });
    const corrupt = (cause?: unknown): OrreryError =>
      new OrreryError("PACKAGE_CORRUPT", `${join(this.#folder, fileOf(entry))} is not the package that was installed: it was damaged or edited`, {
        todo,
        cause,
      });
    const read = await readPackage(new Uint8Array(bytes)).catch((cause: unknown) => {
      throw corrupt(cause);
    });
    const same =
      read.integrity === entry.integrity &&
      read.manifest.id === entry.id &&
      read.manifest.version === entry.version &&
      read.signature?.fingerprint === entry.signer;
    if (!same) throw corrupt();
    return read;
  }

  /** Keeps a package, in place of the one of its id, once everything it raises was agreed to. Throws what `assertConsent` throws, PACKAGES_BUSY, PACKAGES_UNWRITABLE. */
  put(bytes: Uint8Array, read: PluginPackage, consent: PackageConsent, now: number): Promise<LockEntry> {
    return this.#alone(async (before) => {
      const { id } = read.manifest;
      const installed = before.packages.find((each) => each.id === id);
      assertConsent(reportPackage(read, installed), consent);
      // Removed before and not gone yet: the new one starts with nothing of the old.
      if (before.leaving.includes(id)) await this.#clean(id);
      const entry = installedPackage(read, consent, now);
      await writeDurably(join(this.#folder, fileOf(entry)), bytes);
      const packages = [...before.packages.filter((each) => each.id !== id), entry];
      await writeLockfile(this.#lockfile, { packages, leaving: before.leaving.filter((each) => each !== id) });
      if (installed && fileOf(installed) !== fileOf(entry)) await removeDurably(join(this.#folder, fileOf(installed)));
      return entry;
    });
  }

  /** Removes a package and what its plugin kept. Throws PACKAGE_UNKNOWN, PACKAGES_BUSY, PACKAGES_UNWRITABLE. */
  async remove(id: string): Promise<void> {
    await this.find(id);
    await this.#alone(async (before) => {
      const installed = before.packages.find((each) => each.id === id);
      const packages = before.packages.filter((each) => each.id !== id);
      await writeLockfile(this.#lockfile, { packages, leaving: [...before.leaving.filter((each) => each !== id), id] });
      if (installed) await removeDurably(join(this.#folder, fileOf(installed)));
      await this.#clean(id);
      await writeLockfile(this.#lockfile, { packages, leaving: before.leaving.filter((each) => each !== id) });
    });
  }

  /** What a plugin wrote while it was being removed by another process goes too. */
  async wipe(id: string): Promise<void> {
    await this.#alone(async ({ packages }) => {
      if (!packages.some((each) => each.id === id)) await this.#clean(id);
    });
  }

  /** Finishes what a process that was ended had begun. Leaves everything alone while the lockfile cannot be read. */
  async sweep(): Promise<void> {
    if (!existsSync(this.#folder) || (await this.#leftovers(await readLockfile(this.#lockfile))).length === 0) return;
    await this.#alone(async (now) => {
      for (const id of now.leaving) await this.#clean(id);
      if (now.leaving.length > 0) await writeLockfile(this.#lockfile, { packages: now.packages, leaving: [] });
      for (const path of await this.#leftovers({ packages: now.packages, leaving: [] })) await removeDurably(path);
    });
  }

  /** Files that belong to nothing, and ids still leaving. */
  async #leftovers({ packages, leaving }: Lockfile): Promise<string[]> {
    const wanted = new Set([lockName, ...packages.map(fileOf)]);
    const files = (await readdir(this.#folder)).filter((name) => !wanted.has(name)).map((name) => join(this.#folder, name));
    const beside = (await readdir(join(this.#lockfile, ".."))).filter((name) => name.startsWith("orrery-lock.json.") && isPart(name));
    return [...files, ...beside.map((name) => join(this.#lockfile, "..", name)), ...leaving];
  }

  async #alone<T>(work: (before: Lockfile) => Promise<T>): Promise<T> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    return exclusively(join(this.#folder, lockName), async () => work(await readLockfile(this.#lockfile)));
  }
}

const lockName = ".lock";

/** Named for people, and by its content: an update never writes over what is installed. */
function fileOf({ id, version, integrity }: LockEntry): string {
  const hash = Buffer.from(integrity.slice("sha512-".length), "base64").toString("hex").slice(0, 16);
  return `${id}-${version}-${hash}.tgz`;
}
