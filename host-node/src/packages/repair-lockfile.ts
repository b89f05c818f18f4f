import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Home } from "../home.ts";
import { compareVersions, type GrantedPackage, installedPackage, readPackage } from "@orrery/sdk/package";
import { writeDurably } from "./durable-file.ts";
import { copyOf, fileOf, type Hold, type Lockfile, parseLockfile, readLockfile, writeLockfile } from "./lockfile.ts";

export interface Repaired {
  /** Where the damaged file is kept now. */
  readonly kept: string;
  /** `copy`: everything is as it was. `archives`: the copy is damaged as well; what is there was put back with nothing granted, and is not started. */
  readonly from: "copy" | "archives";
  readonly packages: readonly string[];
}

/**
 * Puts a lockfile back that cannot be read: from its copy, else from the archives that are there. Nothing is granted that the copy does not say.
 * Undefined when the file is sound. Throws PACKAGES_UNWRITABLE, and PACKAGES_UNREADABLE for one that cannot even be copied.
 */
export async function repairLockfile({ packages: folder, lockfile }: Pick<Home, "packages" | "lockfile">, now: number): Promise<Repaired | undefined> {
  const damage = await readLockfile(lockfile).then(
    () => undefined,
    (error: Error) => error,
  );
  if (!damage) return undefined;
  const damaged = await readFile(lockfile).catch(() => {
    throw damage;
  });
  const kept = `${lockfile}.damaged-${new Date(now).toISOString().replace(/[:.]/g, "-")}`;
  await writeDurably(kept, damaged);
  const copied = await readFile(copyOf(lockfile), "utf8")
    .then(parseLockfile)
    .catch(() => undefined);
  const restored = copied ?? (await fromArchives(folder, now));
  await writeLockfile(lockfile, restored);
  return { kept, from: copied ? "copy" : "archives", packages: restored.packages.map(({ id }) => id) };
}

/** The newest archive of each plugin, held back: nobody knows any more whether it was to be started, and with what. */
async function fromArchives(folder: string, now: number): Promise<Lockfile> {
  const newest = new Map<string, GrantedPackage>();
  for (const path of await readdir(folder).catch(() => [])) {
    const read = path.endsWith(".tgz") ? await readPackage(new Uint8Array(await readFile(join(folder, path)))).catch(() => undefined) : undefined;
    if (!read) continue;
    const entry = installedPackage(read, { grant: [] }, now);
    if (fileOf(entry) !== basename(path)) continue;
    const known = newest.get(entry.id);
    if (!known || compareVersions(entry.version, known.version) > 0) newest.set(entry.id, entry);
  }
  const packages = [...newest.values()];
  const held: Hold[] = packages.map(({ id, integrity }) => ({
    id,
    integrity,
    code: "PACKAGE_RECOVERED",
    message: "what it was granted was lost with the damaged lockfile",
    at: now,
  }));
  return { packages, leaving: [], held };
}
