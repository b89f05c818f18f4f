import { existsSync } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { OrreryError } from "@orrery/sdk";
import { assertConsent, type GrantedPackage, installedPackage, type PackageConsent, type PluginPackage, readPackage, reportPackage } from "@orrery/sdk/package";
import type { Home } from "../home.ts";
import { isPart, removeDurably, writeDurably } from "./durable-file.ts";
import { exclusively } from "./exclusive.ts";
import { fileOf, type Hold, type LockEntry, type Lockfile, readLockfile, writeLockfile } from "./lockfile.ts";
import { type Repaired, repairLockfile } from "./repair-lockfile.ts";

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
    return (await this.read()).packages;
  }

  /** Throws PACKAGES_UNREADABLE. */
  read(): Promise<Lockfile> {
    return readLockfile(this.#lockfile);
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
  async load(entry: GrantedPackage): Promise<PluginPackage> {
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
      const taken = installedPackage(read, consent, now);
      const entry = { ...taken, ...previousOf(installed, taken) };
      await writeDurably(join(this.#folder, fileOf(entry)), bytes);
      await this.#replace(
        before,
        entry,
        before.leaving.filter((each) => each !== id),
      );
      return entry;
    });
  }

  /** Puts the version before in place of the one that is installed, with what it was granted then. Throws PACKAGE_UNKNOWN, PACKAGE_NO_PREVIOUS, PACKAGES_BUSY, PACKAGES_UNWRITABLE. */
  back(id: string): Promise<LockEntry> {
    return this.#alone(async (before) => {
      const { previous } = await this.find(id);
      if (!previous) throw noPrevious(id);
      await this.#replace(before, previous, before.leaving);
      return previous;
    });
  }

  /** Changes what an installed plugin may spend; `change` says to what, of what it is now. Throws PACKAGE_UNKNOWN, PACKAGES_BUSY, PACKAGES_UNWRITABLE and what `change` throws. */
  spend(id: string, change: (entry: LockEntry) => NonNullable<LockEntry["budget"]>): Promise<LockEntry> {
    return this.#alone(async (before) => {
      const entry = await this.find(id);
      const changed = { ...entry, budget: change(entry) };
      await writeLockfile(this.#lockfile, { ...before, packages: before.packages.map((each) => (each.id === id ? changed : each)) });
      return changed;
    });
  }

  /** Keeps a plugin from being started, here and in every other process, as long as it is of these bytes; a package only while it is installed. */
  hold(mark: Hold, of: "package" | "file"): Promise<void> {
    return this.#alone(async (before) => {
      const installed = before.packages.find((each) => each.id === mark.id);
      // It was removed, or another version was installed, meanwhile.
      if (of === "package" && installed?.integrity !== mark.integrity) return;
      await writeLockfile(this.#lockfile, { ...before, held: [...before.held.filter((each) => each.id !== mark.id), mark] });
    });
  }

  /** Throws PLUGIN_NOT_HELD. */
  release(id: string): Promise<void> {
    return this.#alone(async (before) => {
      if (!before.held.some((each) => each.id === id))
        throw new OrreryError("PLUGIN_NOT_HELD", `"${id.slice(0, 100)}" is not in quarantine`, {
          todo: "`orrery plugin list` shows what is.",
          refusal: true,
        });
      await writeLockfile(this.#lockfile, { ...before, held: before.held.filter((each) => each.id !== id) });
    });
  }

  /** Undefined when the lockfile is sound. Throws PACKAGES_BUSY, PACKAGES_UNWRITABLE. */
  async repair(now: number): Promise<Repaired | undefined> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    return exclusively(join(this.#folder, lockName), () => repairLockfile({ packages: this.#folder, lockfile: this.#lockfile }, now));
  }

  /** In one step; then the archives nobody can go back to any more are removed. A mark on the version before is none on this one. */
  async #replace(before: Lockfile, entry: LockEntry, leaving: readonly string[]): Promise<void> {
    const others = before.packages.filter((each) => each.id !== entry.id);
    const held = before.held.filter((each) => each.id !== entry.id);
    await writeLockfile(this.#lockfile, { packages: [...others, entry], leaving, held });
    const kept = filesOf(entry);
    for (const file of before.packages.filter((each) => each.id === entry.id).flatMap(filesOf))
      if (!kept.includes(file)) await removeDurably(join(this.#folder, file));
  }

  /** Removes a package and what its plugin kept. Throws PACKAGE_UNKNOWN, PACKAGES_BUSY, PACKAGES_UNWRITABLE. */
  async remove(id: string): Promise<void> {
    await this.find(id);
    await this.#alone(async (before) => {
      const installed = before.packages.find((each) => each.id === id);
      const packages = before.packages.filter((each) => each.id !== id);
      const held = before.held.filter((each) => each.id !== id);
      const leaving = before.leaving.filter((each) => each !== id);
      await writeLockfile(this.#lockfile, { packages, leaving: [...leaving, id], held });
      for (const file of installed ? filesOf(installed) : []) await removeDurably(join(this.#folder, file));
      await this.#clean(id);
      await writeLockfile(this.#lockfile, { packages, leaving, held });
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
      if (now.leaving.length > 0) await writeLockfile(this.#lockfile, { ...now, leaving: [] });
      for (const path of await this.#leftovers({ ...now, leaving: [] })) await removeDurably(path);
    });
  }

  /** Files that belong to nothing, and ids still leaving. */
  async #leftovers({ packages, leaving }: Lockfile): Promise<string[]> {
    const wanted = new Set([lockName, ...packages.flatMap(filesOf)]);
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

/** What can be gone back to once `entry` is installed; the same bytes again, with other grants, are no other version. */
function previousOf(installed: LockEntry | undefined, { integrity }: GrantedPackage): Pick<LockEntry, "previous"> {
  if (!installed) return {};
  const { previous, ...version } = installed;
  const before = installed.integrity === integrity ? previous : version;
  return before && before.integrity !== integrity ? { previous: before } : {};
}

export const noPrevious = (id: string): OrreryError =>
  new OrreryError("PACKAGE_NO_PREVIOUS", `there is no version of ${id} to go back to`, {
    todo: "Install the one you want: orrery plugin install FILE --force",
    refusal: true,
  });

const filesOf = (entry: LockEntry): string[] => [entry, ...(entry.previous ? [entry.previous] : [])].map(fileOf);
