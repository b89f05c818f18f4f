import { readFile } from "node:fs/promises";
import { type InstalledPackage, OrreryError } from "@orrery/sdk";
import { z } from "zod";
import { tooDeep } from "../server/json-depth.ts";
import { writeDurably } from "./durable-file.ts";

const names = z.array(z.string().max(200)).max(500);
const budget = z.strictObject({ runUsd: z.number().nonnegative(), dayUsd: z.number().nonnegative() });
const entry = z.strictObject({
  id: z
    .string()
    .max(100)
    .regex(/^[a-z0-9.-]+$/),
  version: z
    .string()
    .max(64)
    .regex(/^[0-9A-Za-z.+-]+$/),
  title: z.string().max(100),
  integrity: z.string().regex(/^sha512-[A-Za-z0-9+/]{86}==$/),
  size: z.int().nonnegative(),
  signer: z.string().max(100).optional(),
  capabilities: names,
  granted: names,
  budget: z.strictObject({ asked: budget, granted: budget }).optional(),
  hooks: names,
  installedAt: z.number(),
});
const lockfile = z.strictObject({
  format: z.literal(1),
  packages: z.array(entry).max(10_000),
  /** Ids that were removed and whose data may not all be gone yet. */
  leaving: z.array(z.string().max(100)).max(10_000),
});

export type LockEntry = Omit<InstalledPackage, "problem">;
export interface Lockfile {
  readonly packages: readonly LockEntry[];
  readonly leaving: readonly string[];
}

/** What is installed: nothing else counts as it. Empty when the file is not there. Throws PACKAGES_UNREADABLE. */
export async function readLockfile(path: string): Promise<Lockfile> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as { code?: string }).code === "ENOENT") return { packages: [], leaving: [] };
    throw unreadable(path, cause);
  }
  try {
    if (tooDeep(text)) throw new Error("it nests too deeply");
    const { packages, leaving } = lockfile.parse(JSON.parse(text));
    return { packages: packages as readonly LockEntry[], leaving };
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

export async function writeLockfile(path: string, { packages, leaving }: Lockfile): Promise<void> {
  const sorted = [...packages].sort((a, b) => (a.id < b.id ? -1 : 1));
  await writeDurably(path, `${JSON.stringify({ format: 1, packages: sorted, leaving }, undefined, 2)}\n`);
}

const unreadable = (path: string, cause: unknown): OrreryError =>
  new OrreryError("PACKAGES_UNREADABLE", `${path} is damaged: no installed plugin can be started`, {
    todo: "Put it back from a copy, or move it away and install the plugins again.",
    cause,
  });
