import { unwatchFile, watchFile } from "node:fs";
import { apiVersion, type InstallOptions, type Kernel } from "@orrery/kernel";
import {
  type AnyPlugin,
  type Clock,
  definePlugin,
  type InstalledPackage,
  type Lifecycle,
  type Log,
  type ModelBudget,
  OrreryError,
  type PackageAudit,
  type PackageConsent,
  type PackageReport,
} from "@orrery/sdk";
import {
  assertBudget,
  assertConsent,
  type BudgetCeiling,
  budgetWords,
  type GrantedPackage,
  lesserBudget,
  noBudget,
  noteChange,
  type PluginPackage,
  readPackage,
  reportPackage,
  sandboxManifest,
  Tally,
} from "@orrery/sdk/package";
import { type SandboxEngine, type SandboxedPluginOptions, sandboxedPlugin } from "@orrery/sdk/sandbox";
import { type Failure, failureOf } from "../cli/failure.ts";
import type { Home } from "../home.ts";
import { cleanPlugin } from "./clean-plugin.ts";
import { type Hold, type LockEntry, quarantined } from "./lockfile.ts";
import { noPrevious, PackageStore } from "./package-store.ts";
import { provePackage } from "./prove-package.ts";
import type { Repaired } from "./repair-lockfile.ts";

export interface PackageHostOptions {
  readonly home: Home;
  readonly kernel: Kernel<Lifecycle>;
  readonly clock: Clock;
  readonly log: Log;
  /** Started when the first package needs it. */
  readonly engine: () => Promise<SandboxEngine>;
  readonly onStopped: NonNullable<SandboxedPluginOptions["onStopped"]>;
  readonly configOf: (id: string) => unknown;
  /** Ids not to start. */
  readonly disabled: readonly string[];
}

const lookMs = 1_000;

/** Keeps what runs in the kernel the same as what the lockfile lists: each installed package in the sandbox, with what it was granted. */
export class PackageHost {
  readonly #options: PackageHostOptions;
  readonly #store: PackageStore;
  readonly #tally: Tally;
  readonly #running = new Map<string, LockEntry>();
  /** Those that are in quarantine, as this process keeps them down. */
  readonly #held = new Map<string, Hold>();
  /** What was granted them when the lockfile was last read: it counts at once, also for one whose new version does not start. */
  #budgets: ReadonlyMap<string, ModelBudget> = new Map();
  readonly #problems = new Map<string, Failure>();
  #queue: Promise<unknown> = Promise.resolve();
  #watching: (() => void) | undefined;

  constructor(options: PackageHostOptions) {
    this.#options = options;
    this.#store = new PackageStore(options.home, cleanPlugin(options.home));
    this.#tally = new Tally(options.kernel, () => options.clock.now());
  }

  /** Sweeps what a killed process left, and starts what is installed. What cannot be started is named and the rest goes on. Throws PACKAGES_UNREADABLE. */
  async start(): Promise<readonly { plugin: string; code: string; message: string }[]> {
    await this.#store.sweep();
    await this.#settle();
    return [...this.#problems].map(([plugin, { code, message }]) => ({ plugin, code, message }));
  }

  /** Takes up what other processes install and remove, until it is closed. */
  watch(): void {
    if (this.#watching) return;
    const { home, log } = this.#options;
    const tell = ({ message, code }: Failure) => log.error(message, { code });
    const look = () =>
      void this.#settle().then(
        () => this.#problems.forEach(tell),
        (error: unknown) => tell(failureOf(error)),
      );
    watchFile(home.lockfile, { interval: lookMs, persistent: false }, look);
    this.#watching = () => unwatchFile(home.lockfile, look);
  }

  async inspect(bytes: Uint8Array): Promise<PackageReport> {
    const read = await readPackage(bytes);
    return reportPackage(
      read,
      (await this.#store.list()).find(({ id }) => id === read.manifest.id),
    );
  }

  /**
   * Throws what `readPackage`, `assertConsent`, `provePackage` and the store throw, and PACKAGE_NOT_STARTED for an update that does not start; then nothing
   * was changed and the old one goes on. A first install that does not start is kept and says why: it may only need its settings.
   */
  async install(bytes: Uint8Array, consent: PackageConsent): Promise<InstalledPackage> {
    const read = await readPackage(bytes);
    const { id } = read.manifest;
    const { clock, engine } = this.#options;
    return this.#alone(async () => {
      const before = (await this.#store.list()).find((each) => each.id === id);
      assertConsent(reportPackage(read, before), consent);
      await provePackage(read, await engine(), clock);
      const running = this.#running.get(id);
      if (running) await this.#replace(read, consent.grant);
      try {
        const entry = await this.#store.put(bytes, read, consent, clock.now());
        if (running) this.#started(entry);
      } catch (error) {
        if (running) await this.#run(running);
        throw error;
      }
      await this.#reconcile();
      return this.#shown(await this.#store.find(id));
    });
  }

  /** Keeps a plugin that came as a file down, also in the next process, until its code is another. */
  holdFile(mark: Omit<Hold, "at">): Promise<void> {
    return this.#alone(() => this.#store.hold({ ...mark, at: this.#options.clock.now() }, "file"));
  }

  /** Lets a plugin out of quarantine; a package starts at once, a file when its process does. Throws PLUGIN_NOT_HELD, PACKAGES_BUSY. */
  async resume(id: string): Promise<void> {
    await this.#alone(async () => {
      await this.#store.release(id);
      await this.#reconcile();
    });
  }

  /** Changes what an installed plugin may spend on models, from now on. Throws PACKAGE_UNKNOWN, PACKAGE_BUDGET_REFUSED. */
  setBudget(id: string, sums: Partial<ModelBudget>, ceiling: BudgetCeiling, by: string): Promise<InstalledPackage> {
    return this.#alone(async () => {
      let was = "";
      const entry = await this.#store.spend(id, (now) => {
        was = budgetWords(now.budget?.granted ?? noBudget);
        return assertBudget(now, sums, ceiling);
      });
      await this.#reconcile();
      const { clock, kernel } = this.#options;
      const detail = `may ${budgetWords(entry.budget?.granted ?? noBudget)}; before: ${was}`;
      await noteChange(kernel, id, { at: clock.now(), by, what: "budget", detail });
      return this.#shown(entry);
    });
  }

  /** What an installed plugin's package says of it. Throws PACKAGE_UNKNOWN, PACKAGE_MISSING, PACKAGE_CORRUPT. */
  async manifestOf(id: string): Promise<PluginPackage["manifest"]> {
    return (await this.#store.load(await this.#store.find(id))).manifest;
  }

  /** Starts an installed plugin anew with these settings; throws when one that runs does not start with them, and it goes on. One that is kept down stays down. */
  restart(id: string, config: unknown): Promise<void> {
    return this.#alone(async () => {
      const entry = this.#running.get(id) ?? (await this.#store.find(id));
      if (this.#held.has(id) || this.#options.disabled.includes(id)) return;
      if (!this.#running.has(id)) return this.#run(entry, config);
      const read = await this.#store.load(entry);
      await this.#tally.keep(id);
      await this.#options.kernel.replace(await this.#plugin(read), this.#permissions(read, entry.granted, config));
    });
  }

  /** Puts the version before the installed one in its place, with what it was granted then. Throws PACKAGE_UNKNOWN, PACKAGE_NO_PREVIOUS, PACKAGE_NOT_STARTED. */
  async back(id: string): Promise<InstalledPackage> {
    return this.#alone(async () => {
      const { previous } = await this.#store.find(id);
      if (!previous) throw noPrevious(id);
      const running = this.#running.get(id);
      const read = await this.#store.load(previous);
      if (running && running.integrity !== previous.integrity) await this.#replace(read, previous.granted);
      const entry = await this.#store.back(id);
      if (running) this.#started(entry);
      await this.#reconcile();
      return this.#shown(await this.#store.find(id));
    });
  }

  /** Puts a damaged lockfile back, and starts what it lists; undefined when it is sound. Throws PACKAGES_BUSY, PACKAGES_UNWRITABLE. */
  async repair(): Promise<Repaired | undefined> {
    const repaired = await this.#store.repair(this.#options.clock.now());
    if (repaired) await this.#settle();
    return repaired;
  }

  /** What a plugin that runs may spend on models; undefined for one that asked for no budget. */
  budgetOf(id: string): ModelBudget | undefined {
    const running = this.#running.get(id)?.budget?.granted;
    const granted = this.#budgets.get(id);
    return running && granted ? lesserBudget(running, granted) : (running ?? granted);
  }

  async list(): Promise<InstalledPackage[]> {
    return (await this.#store.list()).map((entry) => this.#shown(entry));
  }

  /** Throws PACKAGE_UNKNOWN. */
  async remove(id: string): Promise<void> {
    await this.#store.find(id);
    await this.#alone(() => this.#stop(id));
    try {
      await this.#store.remove(id);
    } finally {
      // Still listed when it could not be removed: then it goes on.
      await this.#settle();
    }
  }

  /** Throws PACKAGE_UNKNOWN. */
  async audit(id: string): Promise<PackageAudit> {
    return this.#tally.audit(await this.#store.find(id));
  }

  async close(): Promise<void> {
    this.#watching?.();
    await this.#alone(async () => {
      for (const id of this.#running.keys()) await this.#tally.keep(id);
      this.#running.clear();
    });
  }

  #settle(): Promise<void> {
    return this.#alone(() => this.#reconcile());
  }

  async #reconcile(): Promise<void> {
    const { packages: wanted, held } = await this.#store.read();
    for (const id of [...this.#running.keys()]) {
      if (wanted.some((entry) => entry.id === id)) continue;
      await this.#stop(id);
      await this.#store.wipe(id);
    }
    for (const id of [...this.#held.keys()]) if (!held.some((mark) => mark.id === id)) await this.#letGo(id);
    for (const id of [...this.#problems.keys()]) if (!wanted.some((entry) => entry.id === id)) this.#problems.delete(id);
    this.#budgets = new Map(wanted.flatMap(({ id, budget }) => (budget ? [[id, budget.granted]] : [])));
    for (const entry of wanted) {
      const mark = held.find(({ id, integrity }) => id === entry.id && integrity === entry.integrity);
      if (mark) await this.#keepDown(entry, mark);
      else if (same(this.#running.get(entry.id), entry)) this.#running.set(entry.id, entry);
      else await this.#run(entry);
    }
  }

  /** Stands in the kernel as one that failed, so that whoever looks for it sees why; one that runs is suspended. */
  async #keepDown(entry: LockEntry, mark: Hold): Promise<void> {
    const { id } = entry;
    if (this.#held.has(id) || this.#options.disabled.includes(id)) return;
    this.#held.set(id, mark);
    this.#problems.set(id, failureOf(quarantined(mark)));
    const { kernel } = this.#options;
    if (this.#running.has(id)) return kernel.suspend(id, mark.message);
    await kernel.install(heldPlugin(entry, mark), { tier: "community" });
  }

  /** Whatever stands for it goes, so that it can be started anew. */
  async #letGo(id: string): Promise<void> {
    this.#held.delete(id);
    this.#problems.delete(id);
    if (this.#running.has(id)) return this.#stop(id);
    const { kernel } = this.#options;
    if (kernel.inspect().plugins.some((plugin) => plugin.id === id)) await kernel.uninstall(id);
  }

  /** Keeps it down in every process, from now on. */
  #quarantine({ plugin: id, code, message }: { readonly plugin: string; readonly code: string; readonly message: string }): void {
    const { clock, log } = this.#options;
    const hold = async (): Promise<void> => {
      const entry = this.#running.get(id);
      if (!entry) return;
      const mark = { id, integrity: entry.integrity, code, message: message.slice(0, 2_000), at: clock.now() };
      this.#held.set(id, mark);
      this.#problems.set(id, failureOf(quarantined(mark)));
      await this.#store.hold(mark, "package");
    };
    this.#alone(hold).catch((thrown: unknown) => log.error(`that ${id} is in quarantine could not be kept: ${failureOf(thrown).message}`));
  }

  #started(entry: LockEntry): void {
    this.#running.set(entry.id, entry);
    this.#problems.delete(entry.id);
    this.#held.delete(entry.id);
  }

  async #run(entry: LockEntry, config?: unknown): Promise<void> {
    const { id, granted } = entry;
    if (this.#options.disabled.includes(id)) return;
    try {
      const read = await this.#store.load(entry);
      if (this.#running.has(id)) await this.#replace(read, granted);
      else {
        this.#tally.begin(id);
        await this.#options.kernel.install(await this.#plugin(read), this.#permissions(read, granted, config));
      }
      this.#started(entry);
    } catch (error) {
      this.#problems.set(id, failureOf(error));
    }
  }

  /** In place of the old one without a moment in which neither guards; the old one goes on when the new one does not start. */
  async #replace(read: PluginPackage, granted: readonly string[]): Promise<void> {
    const { id, version } = read.manifest;
    await this.#tally.keep(id);
    try {
      await this.#options.kernel.replace(await this.#plugin(read), this.#permissions(read, granted));
    } catch (cause) {
      throw new OrreryError("PACKAGE_NOT_STARTED", `${id} ${version} did not start, and the one before it goes on: ${failureOf(cause).message}`, {
        todo: "Tell its author, or remove the installed one first to install this one anew.",
        refusal: true,
        cause,
      });
    }
  }

  async #plugin({ manifest, code }: PluginPackage): Promise<AnyPlugin> {
    const { engine, onStopped } = this.#options;
    return sandboxedPlugin({
      manifest: sandboxManifest(manifest),
      code,
      engine: await engine(),
      onStopped: (stop) => {
        onStopped(stop);
        if (stop.quarantined) this.#quarantine(stop);
      },
    });
  }

  #permissions({ manifest }: PluginPackage, granted: readonly string[], config: unknown = this.#options.configOf(manifest.id)): InstallOptions {
    const deny = manifest.capabilities.map(({ name }) => name).filter((name) => !granted.includes(name));
    return { tier: "community", deny, ...(config === undefined ? {} : { config }) };
  }

  async #stop(id: string): Promise<void> {
    if (!this.#running.delete(id)) return;
    this.#tally.forget(id);
    await this.#options.kernel.uninstall(id);
  }

  #shown(entry: LockEntry): InstalledPackage {
    const report = this.#options.kernel.inspect().plugins.find(({ id }) => id === entry.id);
    const ended =
      report?.state === "failed" || report?.state === "suspended" ? (report.error ?? { code: "PLUGIN_SUSPENDED", message: "it was suspended" }) : undefined;
    const { previous, ...installed } = entry;
    const problem = this.#problems.get(entry.id) ?? ended;
    const running = this.#running.get(entry.id);
    const mark = this.#held.get(entry.id);
    return {
      ...installed,
      ...(problem ? { problem } : {}),
      ...(mark ? { held: { code: mark.code, message: mark.message, at: mark.at } } : {}),
      ...(running && running.integrity !== entry.integrity ? { running: running.version } : {}),
      ...(previous ? { previous: { version: previous.version } } : {}),
    };
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }
}

/** In place of a plugin that is not to be started: none of its code runs. */
const heldPlugin = ({ id, version, title }: GrantedPackage, mark: Hold): AnyPlugin =>
  definePlugin({
    manifest: { id, version, api: `^${apiVersion}`, title },
    setup() {
      throw quarantined(mark);
    },
  });

const same = (a: LockEntry | undefined, b: LockEntry): boolean =>
  a !== undefined && a.integrity === b.integrity && a.granted.length === b.granted.length && a.granted.every((each) => b.granted.includes(each));
