import type { PluginChange } from "@orrery/kernel";
import { Ledger, type ModelBudget, nanoToUsd, OrreryError, spendingOf } from "@orrery/sdk";
import {
  assertConsent,
  type InstalledPackage,
  installedPackage,
  noBudget,
  type PackageAudit,
  type PackageConsent,
  type PackageReport,
  permissionWords,
  type PluginPackage,
  readPackage,
  reportPackage,
  sandboxManifest,
} from "@orrery/sdk/package";
import { type SandboxEngine, sandboxedPlugin, storageOf } from "@orrery/sdk/sandbox";
import { Dexie } from "dexie";
import type { Booted } from "../boot.ts";
import type { PackageRow } from "../database.ts";
import { browserPlatform } from "../platform.ts";

type Host = Pick<Booted, "kernel" | "state">;

/** ms between a denial and its count being kept. */
const keepMs = 500;

/**
 * The plugins somebody installed in this browser. A row is the package as it came, with what was agreed to: it is there whole or not at all,
 * and what is in it is checked anew each time it is started.
 */
export class Packages {
  readonly #booted: Host;
  readonly #engine: SandboxEngine;
  readonly #problems = new Map<string, NonNullable<InstalledPackage["problem"]>>();
  /** Plugin → capability → how often it was refused, ever; the rows follow it. */
  readonly #denials = new Map<string, Map<string, number>>();
  readonly #budgets = new Map<string, ModelBudget>();
  #keeping: Promise<void> | undefined;

  constructor(booted: Host, engine: SandboxEngine) {
    this.#booted = booted;
    this.#engine = engine;
    booted.kernel.onChange((change) => this.#changed(change));
  }

  /** Starts what is installed. One that cannot be started is named in `list` with its reason; the others go on. */
  async start(): Promise<void> {
    const rows = await this.#booted.state.packages.toArray();
    for (const { id, denials, installed } of rows) {
      this.#denials.set(id, new Map(Object.entries(denials)));
      this.#grantBudget(installed);
    }
    await Promise.all(rows.map((row) => this.#startOne(row)));
  }

  /** What a plugin may spend on models; undefined for one that asked for no budget. */
  budgetOf(id: string): ModelBudget | undefined {
    return this.#budgets.get(id);
  }

  async list(): Promise<InstalledPackage[]> {
    const rows = await this.#booted.state.packages.orderBy("id").toArray();
    return rows.map(({ installed }) => {
      const problem = this.#problems.get(installed.id);
      return problem ? { ...installed, problem } : installed;
    });
  }

  async inspect(bytes: Uint8Array): Promise<PackageReport> {
    const found = await readPackage(bytes);
    return reportPackage(found, await this.#installed(found.manifest.id));
  }

  async install(bytes: Uint8Array, consent: PackageConsent): Promise<InstalledPackage> {
    const found = await readPackage(bytes);
    const { id } = found.manifest;
    assertConsent(reportPackage(found, await this.#installed(id)), consent);
    const now = Date.now();
    const installed = installedPackage(found, consent, now);
    await this.#activate(found, installed.granted);
    this.#grantBudget(installed);
    this.#problems.delete(id);
    this.#denials.set(id, new Map());
    await this.#booted.state.packages.put({ id, bytes, installed, since: now, usedAt: {}, denials: {} });
    return installed;
  }

  /** Its row and everything it kept go together. */
  async remove(id: string): Promise<void> {
    await this.#row(id);
    const { kernel, state } = this.#booted;
    if (kernel.inspect().plugins.some((plugin) => plugin.id === id)) await kernel.uninstall(id);
    this.#denials.delete(id);
    this.#budgets.delete(id);
    await state.transaction("rw", state.packages, state.values, async () => {
      for (const ns of [storageOf(id), spendingOf(id)]) await state.values.where("[ns+key]").between([ns, Dexie.minKey], [ns, Dexie.maxKey]).delete();
      await state.packages.delete(id);
    });
    this.#problems.delete(id);
  }

  async audit(id: string): Promise<PackageAudit> {
    const { installed, since, ...kept } = await this.#row(id);
    const used = this.#booted.kernel.inspect().plugins.find((plugin) => plugin.id === id)?.capabilities.used ?? [];
    const usedAt = { ...kept.usedAt, ...Object.fromEntries(used.map((name) => [name, Date.now()])) };
    if (used.length > 0) await this.#booted.state.packages.update(id, { usedAt });
    const denials = this.#denials.get(id) ?? new Map<string, number>();
    const names = [...new Set([...installed.capabilities, ...Object.keys(usedAt), ...denials.keys()])];
    return {
      id,
      version: installed.version,
      since,
      capabilities: names.map((name) => {
        const at = usedAt[name];
        return {
          name,
          words: permissionWords(name),
          declared: installed.capabilities.includes(name),
          granted: installed.granted.includes(name),
          ...(at === undefined ? {} : { usedAt: at }),
          denials: denials.get(name) ?? 0,
        };
      }),
      ...(installed.budget ? { budget: await this.#spending(id, installed.budget) } : {}),
    };
  }

  async #spending(id: string, { asked, granted }: NonNullable<InstalledPackage["budget"]>): Promise<NonNullable<PackageAudit["budget"]>> {
    const allowance = await this.#booted.kernel.service(Ledger)?.allowance(id);
    const holds = allowance ? { runUsd: nanoToUsd(allowance.runNano), dayUsd: nanoToUsd(allowance.dayNano) } : noBudget;
    return { asked, granted, holds, spentTodayUsd: nanoToUsd(allowance?.spentNano ?? 0) };
  }

  #grantBudget({ id, budget }: InstalledPackage): void {
    if (budget) this.#budgets.set(id, budget.granted);
    else this.#budgets.delete(id);
  }

  async #row(id: string): Promise<PackageRow> {
    const row = await this.#booted.state.packages.get(id);
    if (row) return row;
    throw new OrreryError("PACKAGE_UNKNOWN", `no package "${id}" is installed here`, { todo: "Look at the list of what is.", refusal: true });
  }

  async #installed(id: string): Promise<InstalledPackage | undefined> {
    return (await this.#booted.state.packages.get(id))?.installed;
  }

  async #startOne({ id, bytes, installed }: PackageRow): Promise<void> {
    try {
      const found = await readPackage(bytes);
      if (found.integrity !== installed.integrity)
        throw new OrreryError("PACKAGE_FILE_CHANGED", `what is kept of ${id} is not what was installed`, { todo: "Remove it, and install it anew." });
      await this.#activate(found, installed.granted);
    } catch (thrown) {
      this.#problems.set(id, problemOf(thrown));
    }
  }

  /** On failure the one of the same id stays, or none. */
  async #activate(found: PluginPackage, granted: readonly string[]): Promise<void> {
    const { kernel } = this.#booted;
    const manifest = sandboxManifest(found.manifest);
    const asked = found.manifest.capabilities.map(({ name }) => name);
    const known = kernel.inspect().plugins.find(({ id }) => id === manifest.id);
    if (known && known.tier !== "community")
      throw new OrreryError("PLUGIN_EXISTS", `"${manifest.id}" is one of the host's own plugins`, { todo: "Ask its author for one under another name." });
    const plugin = sandboxedPlugin({
      manifest,
      code: found.code,
      engine: this.#engine,
      onStopped: ({ plugin: id, code, message, quarantined }) => {
        if (quarantined)
          this.#problems.set(id, { code, message, do: "It stays down until it is installed anew, or the page is loaded again. Report it to its author." });
      },
    });
    const options = { tier: "community", deny: asked.filter((name) => !granted.includes(name)) } as const;
    const report = await (known ? kernel.replace(plugin, options) : kernel.install(plugin, options));
    if (report.error === undefined) return;
    if (!known) await kernel.uninstall(report.id);
    throw new OrreryError(report.error.code, report.error.message, { todo: "Ask its author for a version that starts here." });
  }

  /** What was not granted is told when a plugin waits to start; a refusal is what comes later. */
  #changed({ plugin, from, to, detail }: PluginChange): void {
    const counts = this.#denials.get(plugin);
    if (!counts || to !== "denied" || from === "waiting" || detail === undefined) return;
    if (counts.size >= 100 && !counts.has(detail)) return;
    counts.set(detail, (counts.get(detail) ?? 0) + 1);
    this.#keeping ??= this.#keep().catch((thrown: unknown) => browserPlatform.log.warn("denials could not be kept", { message: String(thrown) }));
  }

  /** Once for many: a plugin may ask for what it was denied without end. */
  async #keep(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, keepMs));
    this.#keeping = undefined;
    for (const [id, counts] of this.#denials) await this.#booted.state.packages.update(id, { denials: Object.fromEntries(counts) });
  }
}

function problemOf(thrown: unknown): NonNullable<InstalledPackage["problem"]> {
  const { code = "PACKAGE_NOT_STARTED", todo } = thrown as { code?: string; todo?: string };
  return { code, message: thrown instanceof Error ? thrown.message : String(thrown), ...(todo ? { do: todo } : {}) };
}
