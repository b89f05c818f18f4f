import { OrreryError } from "../error.ts";
import type { ModelBudget } from "../models.ts";
import { budgetWords, exceedsBudget, lesserBudget, noBudget } from "./budget.ts";
import type { PluginPackage } from "./package.ts";
import { hookWords, permissionWords } from "./permission-words.ts";
import { refusePackage } from "./refusal.ts";
import type { PluginChangeNote } from "../settings/change-log.ts";
import { type PackageSetting, packageSettings } from "./settings.ts";

/** What a person is shown before anything of a package runs. Plain data. */
export interface PackageReport {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly description: string;
  readonly licence?: string;
  readonly readme?: string;
  /** Bytes of the archive. */
  readonly size: number;
  readonly integrity: string;
  /** Fingerprint of the key it is signed with; absent when it is unsigned. */
  readonly signer?: string;
  readonly capabilities: readonly { readonly name: string; readonly reason: string; readonly words: string }[];
  /** What it asks to spend on models. */
  readonly budget?: ModelBudget & { readonly reason: string; readonly words: string };
  readonly hooks: readonly { readonly name: string; readonly words: string }[];
  /** Token ids. */
  readonly requires: readonly string[];
  readonly provides: readonly string[];
  /** What it can be configured with, where its author's library could say. */
  readonly settings: readonly PackageSetting[];
  /** Against the one that is installed; absent when none is. */
  readonly changes?: PackageChanges;
}
export interface PackageChanges {
  /** The installed version. */
  readonly from: string;
  /** The installed one's key, when it was signed. */
  readonly fromSigner?: string;
  /** Signed by another key, or signed now and not before, or the other way round. */
  readonly keyChanged: boolean;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly hooksAdded: readonly string[];
  readonly hooksRemoved: readonly string[];
  readonly downgrade: boolean;
  /** The same version with other bytes: its author would have given it a new number. */
  readonly otherBytes: boolean;
  /** What it was granted and still asks for. */
  readonly granted: readonly string[];
  /** Where it asks, or asked, for a budget. */
  readonly budget?: {
    /** What the installed one asks for. */
    readonly from: ModelBudget;
    /** What the installed one was granted, and no more than is asked for now. */
    readonly granted: ModelBudget;
    /** It asks for more than the installed one. */
    readonly more: boolean;
  };
}

/** What a host keeps of a package: its version, and what it was granted. */
export interface GrantedPackage {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly integrity: string;
  readonly size: number;
  /** Absent when it was installed unsigned. */
  readonly signer?: string;
  /** What it asks for. */
  readonly capabilities: readonly string[];
  readonly granted: readonly string[];
  /** Where it asks for a budget: what it asks for, and what it was granted of it. */
  readonly budget?: { readonly asked: ModelBudget; readonly granted: ModelBudget };
  readonly hooks: readonly string[];
  /** ms since the epoch. */
  readonly installedAt: number;
}

/** A package a host has, and what became of it. */
export interface InstalledPackage extends GrantedPackage {
  /** Why it is not running, when it is not. */
  readonly problem?: { readonly code: string; readonly message: string; readonly do?: string };
  /** It is in quarantine: it is not started, in any process, until somebody resumes it or another version is installed. `at`: ms since the epoch. */
  readonly held?: { readonly code: string; readonly message: string; readonly at: number };
  /** The version that runs, when it is another: the installed one did not start in its place. */
  readonly running?: string;
  /** The version that can be gone back to. */
  readonly previous?: { readonly version: string };
}

/** What a person agreed to. Nothing is granted that is not named. */
export interface PackageConsent {
  readonly grant: readonly string[];
  /** Of what it asks to spend; nothing when absent. */
  readonly budget?: ModelBudget;
  readonly unsigned?: boolean;
  readonly newKey?: boolean;
  /** An older version, or other bytes under the same number. */
  readonly force?: boolean;
}

/** What an installed plugin asked for, may do and did, over all runs. */
export interface PackageAudit {
  readonly id: string;
  readonly version: string;
  /** When counting began, ms since the epoch. */
  readonly since: number;
  readonly capabilities: readonly {
    readonly name: string;
    readonly words: string;
    readonly declared: boolean;
    readonly granted: boolean;
    /** ms since the epoch, of the last activation in which it was used. */
    readonly usedAt?: number;
    /** How often it was refused. */
    readonly denials: number;
  }[];
  /** What people changed of its settings and its budget, oldest first. */
  readonly changes: readonly PluginChangeNote[];
  /** Where it asks for a budget, or spent something. */
  readonly budget?: {
    readonly asked: ModelBudget;
    readonly granted: ModelBudget;
    /** What holds: what was granted, and no more than the setting `spending.plugins` says. */
    readonly holds: ModelBudget;
    /** Spent or reserved today (UTC), in US dollars. */
    readonly spentTodayUsd: number;
  };
}

export function reportPackage({ manifest, readme, signature, integrity, size }: PluginPackage, installed?: GrantedPackage): PackageReport {
  const { id, version, title = id, description = "", licence, capabilities, budget, hooks, requires, provides } = manifest;
  return {
    id,
    version,
    title,
    description,
    ...(licence === undefined ? {} : { licence }),
    ...(readme === undefined ? {} : { readme }),
    size,
    integrity,
    ...(signature ? { signer: signature.fingerprint } : {}),
    capabilities: capabilities.map(({ name, reason }) => ({ name, reason, words: permissionWords(name) })),
    ...(budget ? { budget: { ...budget, words: budgetWords(budget) } } : {}),
    hooks: hooks.map((name) => ({ name, words: hookWords(name) })),
    requires: Object.values(requires),
    provides,
    settings: packageSettings(manifest.config),
    ...(installed ? { changes: changesOf({ manifest, signature, integrity }, installed) } : {}),
  };
}

function changesOf(
  { manifest, signature, integrity }: Pick<PluginPackage, "manifest" | "integrity"> & { signature: PluginPackage["signature"] | undefined },
  before: GrantedPackage,
): PackageChanges {
  const asked = manifest.capabilities.map(({ name }) => name);
  const without = (some: readonly string[], others: readonly string[]): string[] => some.filter((each) => !others.includes(each));
  const order = compareVersions(manifest.version, before.version);
  return {
    from: before.version,
    ...(before.signer === undefined ? {} : { fromSigner: before.signer }),
    keyChanged: before.signer !== signature?.fingerprint,
    added: without(asked, before.capabilities),
    removed: without(before.capabilities, asked),
    hooksAdded: without(manifest.hooks, before.hooks),
    hooksRemoved: without(before.hooks, manifest.hooks),
    downgrade: order < 0,
    otherBytes: order === 0 && integrity !== before.integrity,
    granted: before.granted.filter((each) => asked.includes(each)),
    ...budgetChange(manifest.budget, before.budget),
  };
}

function budgetChange(now: ModelBudget | undefined, before: GrantedPackage["budget"]): Pick<PackageChanges, "budget"> {
  if (!now && !before) return {};
  const from = before?.asked ?? noBudget;
  const asked = now ?? noBudget;
  return { budget: { from, granted: lesserBudget(before?.granted ?? noBudget, asked), more: exceedsBudget(asked, from) } };
}

/** What a host keeps of a package it takes. */
export function installedPackage(
  { manifest, signature, integrity, size }: PluginPackage,
  { grant, budget = noBudget }: Pick<PackageConsent, "grant" | "budget">,
  installedAt: number,
): GrantedPackage {
  return {
    id: manifest.id,
    version: manifest.version,
    title: manifest.title ?? manifest.id,
    integrity,
    size,
    ...(signature ? { signer: signature.fingerprint } : {}),
    capabilities: manifest.capabilities.map(({ name }) => name),
    granted: [...new Set(grant)],
    ...(manifest.budget ? { budget: { asked: sumsOf(manifest.budget), granted: sumsOf(budget) } } : {}),
    hooks: manifest.hooks,
    installedAt,
  };
}

const sumsOf = ({ runUsd, dayUsd }: ModelBudget): ModelBudget => ({ runUsd, dayUsd });

/**
 * Every question a package raises was answered. Throws PACKAGE_UNSIGNED, PACKAGE_KEY_CHANGED, PACKAGE_OLDER, PACKAGE_SAME_VERSION,
 * PACKAGE_GRANT_UNKNOWN, PACKAGE_BUDGET_REFUSED.
 */
export function assertConsent({ id, version, signer, capabilities, budget: asked, changes }: PackageReport, consent: PackageConsent): void {
  const who = `${id} ${version}`;
  if (signer === undefined && consent.unsigned !== true)
    throw refusePackage(
      "PACKAGE_UNSIGNED",
      `${who} is not signed: nobody can tell whom it is from`,
      "Ask its author for a signed one, or agree to an unsigned one.",
    );
  if (changes?.keyChanged && consent.newKey !== true)
    throw refusePackage(
      "PACKAGE_KEY_CHANGED",
      `${who} is signed by ${signer ?? "nobody"}, and the installed ${changes.from} by ${changes.fromSigner ?? "nobody"}`,
      "Ask its author whether the key was changed before you agree to the new one.",
    );
  if (changes?.downgrade && consent.force !== true)
    throw refusePackage("PACKAGE_OLDER", `${who} is older than the installed ${changes.from}`, "Keep the newer one, or agree to go back.");
  if (changes?.otherBytes && consent.force !== true)
    throw refusePackage("PACKAGE_SAME_VERSION", `${who} is installed with other contents`, "Ask its author for a version of its own, or agree to the change.");
  const unknown = consent.grant.find((each) => !capabilities.some(({ name }) => name === each));
  if (unknown !== undefined)
    throw new OrreryError("PACKAGE_GRANT_UNKNOWN", `${who} does not ask for "${unknown.slice(0, 200)}"`, {
      todo: `It asks for: ${capabilities.map(({ name }) => name).join(", ") || "nothing"}.`,
      refusal: true,
    });
  const { budget = noBudget, grant } = consent;
  const wrong = (why: string, todo: string): OrreryError => new OrreryError("PACKAGE_BUDGET_REFUSED", `${who} ${why}`, { todo, refusal: true });
  if (exceedsBudget(budget, asked ?? noBudget))
    throw wrong(`asks to ${budgetWords(asked ?? noBudget)}, which is less than it would be granted`, "Grant it no more than it asks for.");
  if (exceedsBudget(budget, noBudget) && !grant.includes("model.call"))
    throw wrong("would be granted money for models and not the use of them", "Grant it model.call as well, or no budget.");
}

/** Below 0 when `a` is the older semantic version, 0 when neither is (build metadata does not count). */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => {
    const [core = "", ...pre] = (text.split("+")[0] ?? "").split("-");
    return { core: core.split(".").map(Number), pre: pre.join("-") };
  }) as [{ core: number[]; pre: string }, { core: number[]; pre: string }];
  for (let at = 0; at < 3; at += 1) if (left.core[at] !== right.core[at]) return (left.core[at] ?? 0) - (right.core[at] ?? 0);
  if (left.pre === right.pre) return 0;
  if (left.pre === "" || right.pre === "") return left.pre === "" ? 1 : -1;
  return comparePrereleases(left.pre.split("."), right.pre.split("."));
}

function comparePrereleases(left: readonly string[], right: readonly string[]): number {
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    const [one = "", other = ""] = [left[at], right[at]];
    if (one === other) continue;
    const [n, m] = [/^\d+$/.test(one), /^\d+$/.test(other)];
    if (n && m && Number(one) !== Number(other)) return Number(one) - Number(other);
    if (n !== m) return n ? -1 : 1;
    return one < other ? -1 : 1;
  }
  return left.length - right.length;
}
