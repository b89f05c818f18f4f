import { type Json, type ModelBudget, OrreryError } from "@orrery/sdk";
import {
  assertConsent,
  type GrantedPackage,
  type InstalledPackage,
  installedPackage,
  type PackageAudit,
  type PackageConsent,
  type PackageReport,
  packageSettings,
  type PluginPackage,
  readPackage,
  reportPackage,
  sandboxManifest,
  Tally,
} from "@orrery/sdk/package";
import { type SandboxEngine, sandboxedPlugin } from "@orrery/sdk/sandbox";
import type { Booted } from "../boot.ts";
import type { PackageRow } from "../database.ts";
import { browserPlatform } from "../platform.ts";
import { PackageRows } from "./package-rows.ts";

type Host = Pick<Booted, "kernel" | "state" | "tabs">;

/** ms between what is to be counted and its being kept. */
const keepMs = 500;

/**
 * The plugins somebody installed in this browser. A row is the package as it came, with what was agreed to: it is there whole or not at all,
 * and what is in it is checked anew each time it is started. Every tab of the origin runs what the rows say, and takes up what another tab changed of them.
 */
export class Packages {
  readonly #booted: Host;
  readonly #engine: SandboxEngine;
  readonly #rows: PackageRows;
  readonly #tally: Tally;
  readonly #problems = new Map<string, NonNullable<InstalledPackage["problem"]>>();
  readonly #budgets = new Map<string, ModelBudget>();
  /** Plugin → what its row said when this tab last took it up. */
  readonly #taken = new Map<string, string>();
  #queue: Promise<unknown> = Promise.resolve();
  #keeping = false;

  constructor(booted: Host, engine: SandboxEngine) {
    this.#booted = booted;
    this.#engine = engine;
    this.#rows = new PackageRows(booted.state);
    this.#tally = new Tally(booted.kernel, () => browserPlatform.clock.now());
    booted.kernel.onChange(({ to }) => to === "denied" && this.#keepSoon());
    booted.tabs.watch((what) => what === "runs" && this.#keepSoon());
    booted.tabs.follow("packages", () => this.#follow());
  }

  /** Starts what is installed. One that cannot be started is named in `list` with its reason; the others go on. What a page that was closed left unfinished goes. */
  async start(): Promise<void> {
    await this.#alone(async () => {
      await this.#takeUp();
      if ((await this.#rows.unfinished()).length === 0) return;
      await this.#booted.tabs.alone("packages", async () => this.#rows.sweep(await this.#rows.unfinished()));
    });
    this.#keepSoon();
  }

  /** What a plugin may spend on models; undefined for one that asked for no budget. */
  budgetOf(id: string): ModelBudget | undefined {
    return this.#budgets.get(id);
  }

  async list(): Promise<InstalledPackage[]> {
    return (await this.#rows.all()).map((row) => this.#shown(row));
  }

  #shown({ installed, held, previous }: PackageRow): InstalledPackage {
    const problem = this.#problems.get(installed.id);
    const known = this.#known(installed.id);
    return {
      ...installed,
      ...(problem ? { problem } : {}),
      ...(held ? { held } : {}),
      ...(known?.state === "active" && known.version !== installed.version ? { running: known.version } : {}),
      ...(previous ? { previous: { version: previous.installed.version } } : {}),
    };
  }

  async inspect(bytes: Uint8Array): Promise<PackageReport> {
    const found = await readPackage(bytes);
    return reportPackage(found, (await this.#rows.find(found.manifest.id))?.installed);
  }

  async install(bytes: Uint8Array, consent: PackageConsent): Promise<InstalledPackage> {
    const found = await readPackage(bytes);
    const { id } = found.manifest;
    return this.#change(async () => {
      const before = await this.#rows.find(id);
      assertConsent(reportPackage(found, before?.installed), consent);
      const installed = installedPackage(found, consent, Date.now());
      if (!before) await this.#rows.arrive(id);
      let problem: unknown;
      try {
        await this.#activate(found, installed.granted, before?.config);
      } catch (thrown) {
        // It may only need what it has no default for: then it is here, and says so, until it is set.
        if (before || !packageSettings(found.manifest.config).some(({ needed }) => needed)) {
          if (!before) await this.#rows.forget(id);
          throw thrown;
        }
        problem = thrown;
      }
      const previous = before && before.installed.integrity !== installed.integrity ? { bytes: before.bytes, installed: before.installed } : before?.previous;
      return this.#put({ bytes, installed, ...configOf(before), ...(previous ? { previous } : {}) }, problem);
    });
  }

  /** What an installed plugin's package says of it. Throws PACKAGE_UNKNOWN, PACKAGE_FILE_CHANGED. */
  async manifestOf(id: string): Promise<PluginPackage["manifest"]> {
    return (await whole(await this.#rows.get(id))).manifest;
  }

  /** What it is set to; undefined when nothing was said. */
  async configOf(id: string): Promise<Json | undefined> {
    return (await this.#rows.find(id))?.config;
  }

  /** Starts it anew with these settings; throws when it does not start, and one that ran goes on. One in quarantine stays down. */
  restart(id: string, config: Json): Promise<void> {
    return this.#alone(async () => {
      const { held, ...row } = await this.#rows.get(id);
      if (held) return;
      try {
        await this.#activate(await whole(row), row.installed.granted, config);
        this.#problems.delete(id);
      } catch (thrown) {
        if (this.#problems.has(id)) this.#problems.set(id, problemOf(thrown));
        throw thrown;
      }
    });
  }

  /** Keeps what it is set to; the other tabs start it anew with that. */
  configure(id: string, config: Json | undefined): Promise<void> {
    return this.#change(async () => {
      const { config: _, ...row } = await this.#rows.get(id);
      await this.#keep({ ...row, ...(config === undefined ? {} : { config }) });
    });
  }

  /** Changes what it may spend on models; `change` says to what, of what it is now. Throws PACKAGE_UNKNOWN and what `change` throws. */
  spend(id: string, change: (installed: GrantedPackage) => NonNullable<GrantedPackage["budget"]>): Promise<InstalledPackage> {
    return this.#change(async () => {
      const row = await this.#rows.get(id);
      const next = { ...row, installed: { ...row.installed, budget: change(row.installed) } };
      this.#grantBudget(next.installed);
      await this.#keep(next);
      return this.#shown(next);
    });
  }

  /** It runs here as this row says. */
  async #keep(row: PackageRow): Promise<void> {
    this.#taken.set(row.id, standing(row));
    await this.#rows.put(row);
  }

  /** Puts the version before in its place, with what it was granted then. Throws PACKAGE_UNKNOWN, PACKAGE_NO_PREVIOUS and what a start throws. */
  back(id: string): Promise<InstalledPackage> {
    return this.#change(async () => {
      const { previous, ...row } = await this.#rows.get(id);
      if (!previous)
        throw new OrreryError("PACKAGE_NO_PREVIOUS", `there is no version of ${id} to go back to`, { todo: "Drop the one you want.", refusal: true });
      await this.#activate(await whole(previous), previous.installed.granted, row.config);
      return this.#put({ ...previous, ...configOf(row) });
    });
  }

  /** Lets it out of quarantine, and starts it anew. Throws PACKAGE_UNKNOWN, PLUGIN_NOT_HELD. */
  resume(id: string): Promise<void> {
    return this.#change(async () => {
      const { held, ...row } = await this.#rows.get(id);
      if (!held) throw new OrreryError("PLUGIN_NOT_HELD", `"${id}" is not in quarantine`, { todo: "Look at the list of what is.", refusal: true });
      await this.#rows.put(row);
      await this.#takeUp();
    });
  }

  /** It runs, or says why not: from here on it is installed. */
  async #put(kept: Omit<PackageRow, "id" | "held">, problem?: unknown): Promise<InstalledPackage> {
    const { id } = kept.installed;
    const row = { id, ...kept };
    this.#grantBudget(kept.installed);
    if (problem === undefined) this.#problems.delete(id);
    else this.#problems.set(id, problemOf(problem));
    await this.#keep(row);
    await this.#tally.keep(id);
    return this.#shown(row);
  }

  /** Its row and everything it kept go together. */
  remove(id: string): Promise<void> {
    return this.#change(async () => {
      await this.#rows.get(id);
      await this.#drop(id);
      await this.#rows.forget(id);
    });
  }

  /** One change after the other, over all tabs, each of what the one before left; the other tabs hear of it. */
  #change<T>(work: () => Promise<T>): Promise<T> {
    const { tabs } = this.#booted;
    return this.#alone(() =>
      tabs.alone("packages", async () => {
        await this.#takeUp();
        const done = await work();
        tabs.tell("packages");
        return done;
      }),
    );
  }

  /** Resolves when nothing is being changed or taken up here any more. */
  async settled(): Promise<void> {
    await this.#queue;
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  /** Another tab changed something. What a plugin that is gone kept while this tab still ran it goes, too. */
  #follow(): Promise<void> {
    return this.#alone(async () => {
      const gone = await this.#takeUp();
      if (gone.length > 0) await this.#booted.tabs.alone("packages", () => this.#rows.sweep(gone));
    });
  }

  /** Makes what runs here what the rows say; the ids of what is gone. */
  async #takeUp(): Promise<string[]> {
    const rows = await this.#rows.all();
    const gone = [...this.#taken.keys()].filter((id) => !rows.some((row) => row.id === id));
    for (const id of gone) await this.#drop(id);
    await Promise.all(
      rows.map(async (row) => {
        if (this.#taken.get(row.id) === standing(row)) return;
        this.#taken.set(row.id, standing(row));
        await this.#startOne(row);
      }),
    );
    return gone;
  }

  /** It runs here no longer, and nothing is known of it. */
  async #drop(id: string): Promise<void> {
    this.#taken.delete(id);
    this.#problems.delete(id);
    this.#budgets.delete(id);
    this.#tally.forget(id);
    await this.#end(id);
  }

  async #end(id: string): Promise<void> {
    if (this.#known(id)) await this.#booted.kernel.uninstall(id);
  }

  #known(id: string) {
    return this.#booted.kernel.inspect().plugins.find((plugin) => plugin.id === id);
  }

  audit(id: string): Promise<PackageAudit> {
    return this.#alone(async () => this.#tally.audit((await this.#rows.get(id)).installed));
  }

  #grantBudget({ id, budget }: GrantedPackage): void {
    if (budget) this.#budgets.set(id, budget.granted);
    else this.#budgets.delete(id);
  }

  async #startOne({ id, held, ...kept }: PackageRow): Promise<void> {
    this.#grantBudget(kept.installed);
    this.#problems.delete(id);
    try {
      if (held) throw quarantined(id, held);
      // It was in quarantine here.
      if (this.#known(id)?.state === "suspended") await this.#end(id);
      await this.#activate(await whole(kept), kept.installed.granted, kept.config);
    } catch (thrown) {
      this.#problems.set(id, problemOf(thrown));
      if (held && this.#known(id)?.state !== "suspended") await this.#end(id);
    }
  }

  /** On failure the one of the same id stays, or none. */
  async #activate(found: PluginPackage, granted: readonly string[], config: Json | undefined): Promise<void> {
    const { kernel } = this.#booted;
    const manifest = sandboxManifest(found.manifest);
    const asked = found.manifest.capabilities.map(({ name }) => name);
    const known = this.#known(manifest.id);
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
    this.#tally.begin(manifest.id);
    // What the one before used is asked of it as long as it is there.
    if (known) await this.#tally.keep(manifest.id);
    const options = { tier: "community", deny: asked.filter((name) => !granted.includes(name)), ...(config === undefined ? {} : { config }) } as const;
    const report = await (known ? kernel.replace(plugin, options) : kernel.install(plugin, options));
    if (report.error === undefined) return;
    if (!known) {
      this.#tally.forget(report.id);
      await kernel.uninstall(report.id);
    }
    throw new OrreryError(report.error.code, report.error.message, { todo: "Ask its author for a version that starts here." });
  }

  /** It is down from now on, in every tab, also when the page is loaded again. */
  async #quarantine(
    integrity: string,
    { plugin: id, code, message }: { readonly plugin: string; readonly code: string; readonly message: string },
  ): Promise<void> {
    const { kernel, tabs } = this.#booted;
    const held = { code, message: message.slice(0, 2_000), at: Date.now() };
    this.#problems.set(id, problemOf(quarantined(id, held)));
    await kernel.suspend(id, message).catch(() => undefined);
    await this.#rows.hold(id, integrity, held);
    await this.#alone(() => this.#takeUp());
    tabs.tell("packages");
  }

  /** Once for many: a plugin may ask for what it was denied without end. */
  #keepSoon(): void {
    if (this.#keeping) return;
    this.#keeping = true;
    const keep = async (): Promise<void> => {
      this.#keeping = false;
      for (const id of this.#taken.keys()) await this.#tally.keep(id);
    };
    const failed = (thrown: unknown): void => browserPlatform.log.warn("what plugins used could not be kept", { message: String(thrown) });
    setTimeout(() => void this.#alone(keep).catch(failed), keepMs);
  }
}

/** What of a row says how it is to be run. */
const standing = ({ installed: { integrity, installedAt, granted, budget }, held, config }: PackageRow): string =>
  JSON.stringify([integrity, installedAt, granted, budget?.granted, held?.at, config]);

const configOf = (row: Pick<PackageRow, "config"> | undefined): Pick<PackageRow, "config"> => (row?.config === undefined ? {} : { config: row.config });

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
