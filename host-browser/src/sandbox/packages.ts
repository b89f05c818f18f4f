import type { PluginChange } from "@orrery/kernel";
import { Ledger, type ModelBudget, nanoToUsd, OrreryError, spendingOf } from "@orrery/sdk";
import {
  assertConsent,
  type GrantedPackage,
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
import { arriving, type PackageRow } from "../database.ts";
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

  /** Starts what is installed. One that cannot be started is named in `list` with its reason; the others go on. What a page that was closed left unfinished goes. */
  async start(): Promise<void> {
    for (const { key } of await this.#booted.state.values.where("[ns+key]").between([arriving, Dexie.minKey], [arriving, Dexie.maxKey]).toArray())
      await this.#forget(key);
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
    return rows.map((row) => this.#shown(row));
  }

  #shown({ installed, held, previous }: PackageRow): InstalledPackage {
    const problem = this.#problems.get(installed.id);
    return {
      ...installed,
      ...(problem ? { problem } : {}),
      ...(held ? { held } : {}),
      ...(previous ? { previous: { version: previous.installed.version } } : {}),
    };
  }

  async inspect(bytes: Uint8Array): Promise<PackageReport> {
    const found = await readPackage(bytes);
    return reportPackage(found, await this.#installed(found.manifest.id));
  }

  async install(bytes: Uint8Array, consent: PackageConsent): Promise<InstalledPackage> {
    const found = await readPackage(bytes);
    const { id } = found.manifest;
    const { state } = this.#booted;
    const before = await state.packages.get(id);
    assertConsent(reportPackage(found, before?.installed), consent);
    const installed = installedPackage(found, consent, Date.now());
    if (!before) await state.values.put({ ns: arriving, key: id, value: true });
    try {
      await this.#activate(found, installed.granted);
    } catch (thrown) {
      if (!before) await this.#forget(id);
      throw thrown;
    }
    const previous = before && before.installed.integrity !== installed.integrity ? { bytes: before.bytes, installed: before.installed } : before?.previous;
    return this.#put({ bytes, installed, ...(previous ? { previous } : {}) });
  }

  /** Puts the version before in its place, with what it was granted then. Throws PACKAGE_UNKNOWN, PACKAGE_NO_PREVIOUS and what a start throws. */
  async back(id: string): Promise<InstalledPackage> {
    const { previous } = await this.#row(id);
    if (!previous)
      throw new OrreryError("PACKAGE_NO_PREVIOUS", `there is no version of ${id} to go back to`, { todo: "Drop the one you want.", refusal: true });
    await this.#activate(await whole(previous), previous.installed.granted);
    return this.#put(previous);
  }

  /** Lets it out of quarantine, and starts it anew. Throws PACKAGE_UNKNOWN, PLUGIN_NOT_HELD. */
  async resume(id: string): Promise<void> {
    const { held, ...row } = await this.#row(id);
    if (!held) throw new OrreryError("PLUGIN_NOT_HELD", `"${id}" is not in quarantine`, { todo: "Look at the list of what is.", refusal: true });
    const { kernel, state } = this.#booted;
    if (kernel.inspect().plugins.some((plugin) => plugin.id === id)) await kernel.uninstall(id);
    this.#problems.delete(id);
    await state.packages.put(row);
    await this.#startOne(row);
  }

  /** It runs: from here on it is installed. */
  async #put(kept: Pick<PackageRow, "bytes" | "installed" | "previous">): Promise<InstalledPackage> {
    const { state } = this.#booted;
    const { id } = kept.installed;
    const row = { id, ...kept, since: Date.now(), usedAt: {}, denials: {} };
    this.#grantBudget(kept.installed);
    this.#problems.delete(id);
    this.#denials.set(id, new Map());
    await state.transaction("rw", state.packages, state.values, async () => {
      await state.packages.put(row);
      await state.values.delete([arriving, id]);
    });
    return this.#shown(row);
  }

  /** Its row and everything it kept go together. */
  async remove(id: string): Promise<void> {
    await this.#row(id);
    const { kernel } = this.#booted;
    if (kernel.inspect().plugins.some((plugin) => plugin.id === id)) await kernel.uninstall(id);
    this.#denials.delete(id);
    this.#budgets.delete(id);
    await this.#forget(id);
    this.#problems.delete(id);
  }

  async #forget(id: string): Promise<void> {
    const { state } = this.#booted;
    await state.transaction("rw", state.packages, state.values, async () => {
      for (const ns of [storageOf(id), spendingOf(id)]) await state.values.where("[ns+key]").between([ns, Dexie.minKey], [ns, Dexie.maxKey]).delete();
      await state.values.delete([arriving, id]);
      await state.packages.delete(id);
    });
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

  #grantBudget({ id, budget }: GrantedPackage): void {
    if (budget) this.#budgets.set(id, budget.granted);
    else this.#budgets.delete(id);
  }

  async #row(id: string): Promise<PackageRow> {
    const row = await this.#booted.state.packages.get(id);
    if (row) return row;
    throw new OrreryError("PACKAGE_UNKNOWN", `no package "${id}" is installed here`, { todo: "Look at the list of what is.", refusal: true });
  }

  async #installed(id: string): Promise<GrantedPackage | undefined> {
    return (await this.#booted.state.packages.get(id))?.installed;
  }

  async #startOne({ id, held, ...kept }: PackageRow): Promise<void> {
    try {
      if (held) throw quarantined(id, held);
      await this.#activate(await whole(kept), kept.installed.granted);
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
      onStopped: (stop) => {
        if (stop.quarantined)
          this.#quarantine(found.integrity, stop).catch((thrown: unknown) =>
            browserPlatform.log.error(`that ${stop.plugin} is in quarantine could not be kept`, { message: String(thrown) }),
          );
      },
    });
    const options = { tier: "community", deny: asked.filter((name) => !granted.includes(name)) } as const;
    const report = await (known ? kernel.replace(plugin, options) : kernel.install(plugin, options));
    if (report.error === undefined) return;
    if (!known) await kernel.uninstall(report.id);
    throw new OrreryError(report.error.code, report.error.message, { todo: "Ask its author for a version that starts here." });
  }

  /** It is down from now on, also when the page is loaded again. */
  async #quarantine(
    integrity: string,
    { plugin: id, code, message }: { readonly plugin: string; readonly code: string; readonly message: string },
  ): Promise<void> {
    const { kernel, state } = this.#booted;
    const held = { code, message: message.slice(0, 2_000), at: Date.now() };
    this.#problems.set(id, problemOf(quarantined(id, held)));
    await kernel.suspend(id, message).catch(() => undefined);
    await state.packages
      .where("id")
      .equals(id)
      .and(({ installed }) => installed.integrity === integrity)
      .modify({ held });
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

const quarantined = (id: string, { code, message, at }: NonNullable<InstalledPackage["held"]>): OrreryError =>
  new OrreryError("SANDBOX_QUARANTINED", `${id} is in quarantine since ${new Date(at).toISOString().slice(0, 16).replace("T", " ")}: ${message} (${code})`, {
    todo: "Report it to its author, and remove it or wait for another version; or start it again.",
  });

/** A kept package, checked anew. Throws PACKAGE_FILE_CHANGED and what `readPackage` throws. */
async function whole({ bytes, installed }: Pick<PackageRow, "bytes" | "installed">): Promise<PluginPackage> {
  const found = await readPackage(bytes);
  if (found.integrity === installed.integrity) return found;
  throw new OrreryError("PACKAGE_FILE_CHANGED", `what is kept of ${installed.id} is not what was installed`, { todo: "Remove it, and install it anew." });
}

function problemOf(thrown: unknown): NonNullable<InstalledPackage["problem"]> {
  const { code = "PACKAGE_NOT_STARTED", todo } = thrown as { code?: string; todo?: string };
  return { code, message: thrown instanceof Error ? thrown.message : String(thrown), ...(todo ? { do: todo } : {}) };
}
