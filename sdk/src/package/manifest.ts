import { validateManifest } from "@orrery/kernel";
import { z } from "zod";
import { canonicalJson } from "../journal.ts";
import { type Json, json } from "../json.ts";
import { nesting } from "../sandbox/message.ts";
import type { SandboxManifest } from "../sandbox/sandbox-manifest.ts";
import { fromUtf8 } from "./bytes.ts";
import { packageLimits } from "./limits.ts";
import { refusePackage } from "./refusal.ts";

const name = z.string().min(1).max(200);
const reason = z.string().min(1).max(500);
const usd = z.number().positive().max(1_000);

/** `orrery.json`: all a host and a person decide by, and the hashes of what else is in the package. */
export const packageManifest = z.strictObject({
  format: z.literal(1),
  id: name,
  version: name,
  api: name,
  title: z.string().max(100).optional(),
  description: z.string().max(2_000).optional(),
  /** SPDX, as "Apache-2.0". */
  licence: z.string().min(1).max(100).optional(),
  capabilities: z.array(z.strictObject({ name, reason })).max(100),
  /** What it would spend on models of its own accord, in US dollars. */
  budget: z.strictObject({ runUsd: usd, dayUsd: usd, reason }).optional(),
  hooks: z.array(name).max(100),
  /** Member of `use` → token id. */
  requires: z.record(name, name),
  provides: z.array(name).max(100),
  /** What it is configured with, as JSON Schema. */
  config: z.record(z.string(), json).optional(),
  files: z
    .array(z.strictObject({ path: name, sha512: z.string().regex(/^sha512-[A-Za-z0-9+/]{86}==$/), size: z.int().nonnegative() }))
    .max(packageLimits.entries),
});
export type PackageManifest = z.infer<typeof packageManifest>;

export const manifestPath = "orrery.json";
export const codePath = "plugin.js";

/** The one way a manifest is written: sorted keys, two blanks. What is signed is this text. */
export const manifestText = (manifest: PackageManifest): string => `${JSON.stringify(JSON.parse(canonicalJson(manifest as Json)), undefined, 2)}\n`;

const invalid = (why: string, cause?: unknown): Error => refusePackage("PACKAGE_MANIFEST_INVALID", `its ${manifestPath} ${why}`, undefined, cause);

/**
 * A manifest's bytes, held to the form `manifestText` gives them: no key twice, nothing spelled otherwise than it reads.
 * Throws PACKAGE_MANIFEST_INVALID, API_MISMATCH, PLUGIN_ID_RESERVED.
 */
export function readManifest(bytes: Uint8Array): PackageManifest {
  if (bytes.length > packageLimits.manifestBytes) throw invalid(`is larger than ${packageLimits.manifestBytes} bytes`);
  const text = decoded(bytes);
  if (nesting(text) > packageLimits.depth) throw invalid(`nests deeper than ${packageLimits.depth} levels`);
  const value = parsed(text);
  if (namesPrototype(value)) throw invalid("has a key __proto__");
  const found = packageManifest.safeParse(value);
  if (!found.success) {
    const [issue] = found.error.issues;
    throw invalid(`is not valid: ${issue?.path.map(String).join(".").slice(0, 100) || "it"}: ${issue?.message.slice(0, 200)}`);
  }
  if (manifestText(found.data) !== text) throw invalid("is not written as `orrery plugin pack` writes it: a key stands there twice, or in another form");
  assertManifest(found.data);
  return found.data;
}

/** What no schema says of it. Throws PACKAGE_MANIFEST_INVALID, PLUGIN_ID_RESERVED. */
export function assertManifest(manifest: PackageManifest): void {
  try {
    validateManifest(kernelManifest(manifest));
  } catch (cause) {
    throw invalid(`is not valid: ${(cause as { message: string }).message.slice(0, 500)}`, cause);
  }
  if (/^orrery\./i.test(manifest.id))
    throw refusePackage("PLUGIN_ID_RESERVED", `it calls itself ${manifest.id}, and ids that begin with "orrery." are the product's own`);
  if (manifest.budget && !manifest.capabilities.some((each) => each.name === "model.call"))
    throw invalid("asks for a budget for models and not for model.call");
  const names = manifest.capabilities.map((each) => each.name);
  const twice = [...names, ...manifest.files.map(({ path }) => path)].find((each, at, all) => all.indexOf(each) !== at);
  if (twice !== undefined) throw invalid(`names ${twice.slice(0, 100)} twice`);
}

/** What the kernel and the bridge are told of the plugin. */
export function sandboxManifest(manifest: PackageManifest): SandboxManifest {
  const { hooks, requires, provides } = manifest;
  return { ...kernelManifest(manifest), hooks, requires, provides };
}

function kernelManifest({ id, version, api, title, description, capabilities }: PackageManifest) {
  return { id, version, api, capabilities, ...(title === undefined ? {} : { title }), ...(description === undefined ? {} : { description }) };
}

function decoded(bytes: Uint8Array): string {
  try {
    return fromUtf8(bytes);
  } catch (cause) {
    throw invalid("is not UTF-8", cause);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid("is not JSON", cause);
  }
}

function namesPrototype(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some(namesPrototype);
  return Object.hasOwn(value, "__proto__") || Object.values(value).some(namesPrototype);
}
