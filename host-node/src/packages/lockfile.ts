import { readFile } from "node:fs/promises";
import { type InstalledPackage, OrreryError } from "@orrery/sdk";
import type { GrantedPackage } from "@orrery/sdk/package";
import { z } from "zod";
import { tooDeep } from "../server/json-depth.ts";
import { writeDurably } from "./durable-file.ts";

const names = z.array(z.string().max(200)).max(500);
const budget = z.strictObject({ runUsd: z.number().nonnegative(), dayUsd: z.number().nonnegative() });
const id = z
  .string()
  .max(100)
  .regex(/^[a-z0-9.-]+$/);
const integrity = z.string().regex(/^sha512-[A-Za-z0-9+/]{86}==$/);
const entry = z.strictObject({
  id,
  version: z
    .string()
    .max(64)
    .regex(/^[0-9A-Za-z.+-]+$/),
  title: z.string().max(100),
  integrity,
  size: z.int().nonnegative(),
  signer: z.string().max(100).optional(),
  capabilities: names,
  granted: names,
  budget: z.strictObject({ asked: budget, granted: budget }).optional(),
  hooks: names,
  installedAt: z.number(),
});
const hold = z.strictObject({ id, integrity, code: z.string().max(100), message: z.string().max(2_000), at: z.number() });
const lockfile = z.strictObject({
  format: z.literal(1),
  packages: z.array(entry.extend({ previous: entry.optional() })).max(10_000),
  /** Ids that were removed and whose data may not all be gone yet. */
  leaving: z.array(z.string().max(100)).max(10_000),
  held: z.array(hold).max(10_000).default([]),
});

export interface LockEntry extends GrantedPackage {
  /** The version before it, as it was granted: its archive is kept to go back to. */
  readonly previous?: GrantedPackage;
}
/** A plugin that is not to be started, of these very bytes: why, and since when. */
export interface Hold extends NonNullable<InstalledPackage["held"]> {
  readonly id: string;
  /** Of its package; of its code where it came as a file. */
  readonly integrity: string;
}
export interface Lockfile {
  readonly packages: readonly LockEntry[];
  readonly leaving: readonly string[];
  readonly held: readonly Hold[];
}

const nothing: Lockfile = { packages: [], leaving: [], held: [] };

/** What the lockfile says, once more: written before it, read only when it is damaged. */
export const copyOf = (path: string): string => `${path}.copy`;

/** What is installed: nothing else counts as it. Empty when the file is not there. Throws PACKAGES_UNREADABLE. */
export async function readLockfile(path: string): Promise<Lockfile> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as { code?: string }).code === "ENOENT") return nothing;
    throw unreadable(path, cause);
  }
  try {
    return parseLockfile(text);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

export function parseLockfile(text: string): Lockfile {
  if (tooDeep(text)) throw new Error("it nests too deeply");
  const { packages, leaving, held } = lockfile.parse(JSON.parse(text));
  return { packages: packages as readonly LockEntry[], leaving, held };
}

export async function writeLockfile(path: string, { packages, leaving, held }: Lockfile): Promise<void> {
  const sorted = [...packages].sort((a, b) => (a.id < b.id ? -1 : 1));
  const text = `${JSON.stringify({ format: 1, packages: sorted, leaving, ...(held.length > 0 ? { held } : {}) }, undefined, 2)}\n`;
  await writeDurably(copyOf(path), text);
  await writeDurably(path, text);
}

const unreadable = (path: string, cause: unknown): OrreryError =>
  new OrreryError("PACKAGES_UNREADABLE", `${path} is damaged: no installed plugin can be started`, {
    todo: "Run `orrery plugin audit --repair`: it keeps the damaged file, and puts back what is known for certain.",
    cause,
  });

/** Why a plugin in quarantine is not started, wherever it is missed. */
export const quarantined = ({ id, code, message, at }: Hold): OrreryError =>
  new OrreryError("SANDBOX_QUARANTINED", `${id} is in quarantine since ${new Date(at).toISOString().slice(0, 16).replace("T", " ")}: ${message} (${code})`, {
    todo: `Report it to its author, and remove it or wait for another version. To try it again: orrery plugin resume ${id}`,
    refusal: true,
  });

/** Named for people, and by its content: an update never writes over what is installed. */
export function fileOf({ id, version, integrity }: Pick<GrantedPackage, "id" | "version" | "integrity">): string {
  const hash = Buffer.from(integrity.slice("sha512-".length), "base64").toString("hex").slice(0, 16);
  return `${id}-${version}-${hash}.tgz`;
}
