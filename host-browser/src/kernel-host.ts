import {
  collectViews,
  Documents,
  type ForkRequest,
  type InputFile,
  Journal,
  type KeptRuns,
  type KernelClient,
  type ModelBudget,
  type ModelInfo,
  OrreryError,
  type Retention,
  Runner,
  type RunEvent,
  type RunQuery,
  type Steering,
  Storage,
  type SubmitRequest,
  Trace,
  typed,
  type ViewQuery,
  wasImported,
  Workspace,
  type SettingsChange,
} from "@orrery/sdk";
import type { Token } from "@orrery/kernel";
import type { PackageConsent } from "@orrery/sdk/package";
import type { settingsDesk } from "./settings.ts";
import type { Booted } from "./boot.ts";
import { arriving } from "./database.ts";
import { Example } from "./example.ts";
import { onConnect, onTools } from "./preset.ts";
import { originOf } from "./egress/hosts.ts";
import { browserPlatform } from "./platform.ts";
import { untilFree } from "./journal/run-locks.ts";
import { keptRuns } from "./kept-runs.ts";
import { RunFiles } from "./run-files.ts";
import { serviceMissing } from "./service-missing.ts";
import { inputFile, needsTools, runRequest, unagreed } from "./run-request.ts";
import type { Packages } from "./sandbox/packages.ts";
import type { WatchListener } from "./watch-hub.ts";

/** The members of `KernelClient` that a kernel answers by itself; plugin sources need the page's help (`tab.ts`). */
export class KernelHost implements Omit<KernelClient, "loadSource" | "unload" | "watchPlugin"> {
  readonly #booted: Booted;
  readonly #files: RunFiles;
  readonly #example: Example;
  readonly #readyMs: number;
  readonly #base: string;
  #connecting: Promise<unknown> | undefined;
  #equipping: Promise<unknown> | undefined;
  #local: Promise<void> | undefined;
  #packages: Promise<Packages> | undefined;
  #settings: ReturnType<typeof settingsDesk> | undefined;

  constructor(booted: Booted, base: string, readyMs: number) {
    this.#booted = booted;
    this.#files = new RunFiles(booted.state);
    this.#example = new Example(base);
    this.#base = base;
    this.#readyMs = readyMs;
    booted.tabs.follow("settings", () => this.#followSettings());
  }

  async info() {
    const [example, connected] = await Promise.all([this.#example.describe(), this.#booted.state.connections.count()]);
    const privacy =
      connected === 0
        ? "Runs in this tab. Nothing leaves your browser."
        : "Runs in this tab. Nothing leaves your browser but calls to the model hosts you connected.";
    return { kind: "tab" as const, version: "0.1.0", readyMs: this.#readyMs, privacy, example };
  }

  async submit(request: SubmitRequest) {
    if (request.docs?.length)
      throw new OrreryError("DOCS_NO_FOLDERS", "A tab cannot read folders of this machine by path", { todo: "Drop the files on the page." });
    // A plugin that another tab installed a moment ago has its say, too, and what it set.
    await Promise.all([this.#loadProviders(), this.#packages?.then((packages) => packages.settled()), this.#followSettings()]);
    if (needsTools(request.team)) await this.#loadTools();
    const given = (request.documents ?? []).map(inputFile);
    const files = given.length === 0 && request.thread ? await this.#files.ofThread(request.thread) : given;
    const started = await this.#service(Runner).start(runRequest(request, files));
    await this.#keep(started, files);
    return started;
  }

  /** Without its documents a run could not be carried on: one whose documents cannot be kept goes no further. */
  async #keep({ runId, thread }: { runId: string; thread: string }, files: InputFile[]): Promise<void> {
    try {
      await this.#files.keep(runId, thread, files);
    } catch (thrown) {
      await this.#service(Runner).cancel(runId, "its documents could not be kept");
      throw thrown;
    }
  }

  async forecast(request: SubmitRequest) {
    await this.#loadProviders();
    return this.#service(Runner).forecast(runRequest(request, (request.documents ?? []).map(inputFile)));
  }

  async example() {
    const example = await this.#example.load();
    return this.submit({ task: example.task, documents: example.files.map(({ path, bytes }) => ({ path, bytes })) });
  }

  cancel(runId: string) {
    return this.#service(Runner).cancel(runId, "cancelled in the page");
  }

  async steer(runId: string, steering: Steering) {
    const goesOn = ["resume", "approve", "deny"].includes(steering.do);
    if (goesOn) await this.#equip(runId);
    const files = goesOn ? await this.#files.of(runId) : [];
    await this.#service(Runner).steer(runId, steering, "person", { files });
  }

  waiting() {
    return this.#service(Runner).waiting();
  }

  async resume(runId: string) {
    await Promise.all([this.#loadProviders(), this.#equip(runId)]);
    await this.#service(Runner).resume(runId, { actor: "person", files: await this.#files.of(runId) });
  }

  async fork(runId: string, fork: ForkRequest) {
    await Promise.all([this.#loadProviders(), this.#equip(runId)]);
    const files = await this.#files.of(runId);
    const spending = (await wasImported(this.#service(Storage), runId)) ? { spending: unagreed } : {};
    const started = await this.#service(Runner).fork(runId, fork, { actor: "person", files, ...spending });
    await this.#keep(started, files);
    return started;
  }

  /** Carries on the runs of tabs that are gone, and those of another tab once that is gone: one that was closed a moment ago may still hold them. */
  async resumeAll() {
    const carryOn = (run: string) =>
      this.resume(run).catch((thrown: unknown) => browserPlatform.log.info(`run ${run} does not go on here`, { message: String(thrown) }));
    for (const { run, status } of await this.runs({ status: "unfinished", limit: 1_000 })) {
      if (status === "interrupted" || status === "waiting") await carryOn(run);
      else if (status === "running") void untilFree(run).then(() => carryOn(run));
    }
  }

  async exportRun(runId: string) {
    return (await this.#archive()).export(runId);
  }

  async verifyRun(runId: string) {
    return (await this.#archive()).verify(runId);
  }

  async importRun(file: string, signer?: string) {
    return (await this.#archive()).import(file, signer);
  }

  async pruneRuns(retention: Retention) {
    return (await this.#archive()).prune(retention);
  }

  async kept() {
    return (await this.#archive()).kept();
  }

  async keepRuns(retention: KeptRuns) {
    return (await this.#archive()).keep(retention);
  }

  /** Takes out the runs that are not to be kept; nothing is loaded where all are. */
  async tidy() {
    const retention = await keptRuns(this.#booted.state);
    if (Object.keys(retention).length > 0) await this.pruneRuns(retention);
  }

  async #archive() {
    // Who keeps files comes with the tools.
    const [{ RunArchive }] = await Promise.all([import("./run-archive.ts"), this.#loadTools()]);
    return new RunArchive(this.#booted, this.#files);
  }

  runs(query: RunQuery = {}) {
    return this.#service(Journal).runs(query);
  }

  report(runId: string) {
    return this.#service(Runner).report(runId);
  }

  async events(runId: string, from = 0): Promise<RunEvent[]> {
    const entries = await this.#service(Journal).read(runId, from);
    return entries.map(({ prevHash: _, hash: __, ...event }) => event);
  }

  async trace(runId: string) {
    return this.#service(Trace).spans(runId);
  }

  watch(runId: string, from: number, listener: WatchListener) {
    return this.#booted.hub.watch(runId, from, () => this.events(runId, from), listener);
  }

  async models(): Promise<ModelInfo[]> {
    await this.#loadProviders();
    const answers = await this.#booted.kernel.call("model.list", { refresh: false });
    return answers.flatMap((answer) => (answer.ok ? answer.value : []));
  }

  async plugins() {
    return [...this.#booted.kernel.inspect().plugins];
  }

  async explain(hook: string) {
    return this.#booted.kernel.explain(hook);
  }

  async hooks() {
    return [...this.#booted.kernel.inspect().hooks];
  }

  async files(runId: string) {
    return (await this.#workspace()).list(runId);
  }

  async fileVersions(runId: string, path: string) {
    return (await this.#workspace()).versions(runId, path);
  }

  async file(runId: string, path: string, version?: number) {
    const found = await (await this.#workspace()).read(runId, path, version);
    if (found) return found;
    throw new OrreryError("FILE_UNKNOWN", `The run has no file "${path.slice(0, 200)}"${version ? ` of version ${version}` : ""}`, {
      todo: "Reload the page.",
    });
  }

  async agents() {
    return (await import("./agents.ts")).agentsIn(this.#booted.kernel);
  }

  async agent(name: string) {
    return (await import("./agents.ts")).agentIn(this.#booted.kernel, name);
  }

  async forgetAgent(name: string, episode?: string) {
    return (await import("./agents.ts")).forgetIn(this.#booted.kernel, name, episode);
  }

  views(query: ViewQuery) {
    return collectViews(this.#booted.kernel, query);
  }

  async sentences(runId: string, path: string) {
    const files = await this.#files.of(runId);
    if (files.length === 0) return [];
    const documents = this.#service(Documents);
    const { collection } = await documents.ingest(files);
    return documents.sentences(collection, path);
  }

  async connect(connection: { provider: string; baseUrl?: string; key?: string; models?: string[] }): Promise<ModelInfo[]> {
    if (!originOf(connection.provider, connection.baseUrl)) {
      throw new OrreryError("PROVIDER_ADDRESS", `"${connection.provider}" has no known address and none was given`, {
        todo: "Give the base URL of its API, as http://127.0.0.1:8080/v1.",
      });
    }
    await this.#booted.state.connections.put({ ...connection, addedAt: Date.now() });
    await this.#loadProviders();
    const answers = await this.#booted.kernel.call("model.list", { refresh: true });
    this.#booted.tabs.tell("connections");
    return answers.flatMap((answer) => (answer.ok ? answer.value : []));
  }

  /** Origins the person allowed. */
  async origins(): Promise<string[]> {
    const rows = await this.#booted.state.connections.toArray();
    return rows.flatMap((row) => originOf(row.provider, row.baseUrl) ?? []);
  }

  async disconnect(provider: string) {
    await this.#booted.state.connections.delete(provider);
    await this.askModelsAnew();
    this.#booted.tabs.tell("connections");
  }

  /** Which models there are, by the connections there are now. */
  async askModelsAnew(): Promise<void> {
    await this.#loadProviders();
    await this.#booted.kernel.call("model.list", { refresh: true });
  }

  /** The heavy provider plugins, once there is a connection or a model beside the page for them to use. */
  async #loadProviders(): Promise<void> {
    this.#local ??= this.#loadLocalModels().catch((thrown: unknown) => {
      // Offline before the index was kept, or a chunk that did not arrive: asked for again the next time.
      this.#local = undefined;
      browserPlatform.log.warn("the models beside the page could not be loaded", { message: String(thrown) });
    });
    await this.#local;
    if ((await this.#booted.state.connections.count()) === 0) return;
    await (this.#connecting ??= Promise.all(onConnect.map(async (load) => this.#booted.add((await load()).default))));
  }

  /** What the run's team names of tools, before it goes on. */
  async #equip(runId: string): Promise<void> {
    const teams = (await this.events(runId)).flatMap((entry) => {
      const event = typed(entry);
      return event?.type === "run.submitted" ? (event.data.team ?? []) : event?.type === "run.planned" ? event.data.plan.team : [];
    });
    if (teams.some(needsTools)) await this.#loadTools();
  }

  async #workspace(): Promise<Workspace> {
    await this.#loadTools();
    return this.#service(Workspace);
  }

  /** The tools a tab has, once a team names some. */
  async #loadTools(): Promise<void> {
    await (this.#equipping ??= Promise.all(onTools.map(async (load) => this.#booted.add((await load()).default))));
  }

  async #loadLocalModels(): Promise<void> {
    const { localModels } = await import("./local-models.ts");
    const local = await localModels(this.#base);
    if (local) await this.#booted.kernel.install(local.plugin, { tier: "core", config: { models: local.models } });
  }

  /** From now on plugins can be installed: the page opened its half of the sandbox. Those that are installed start. */
  startPackages(starting: Promise<Packages>): void {
    this.#packages = starting;
  }

  /** Installed plugins, and those whose installation was broken off: what is to be started, or swept away. */
  async packageCount() {
    const { packages, values } = this.#booted.state;
    const [installed, unfinished] = await Promise.all([packages.count(), values.where("[ns+key]").between([arriving, ""], [arriving, "\uffff"]).count()]);
    return installed + unfinished;
  }

  async inspectPackage(bytes: Uint8Array) {
    return (await this.#sandboxed()).inspect(bytes);
  }

  async installPackage(bytes: Uint8Array, consent: PackageConsent) {
    return (await this.#sandboxed()).install(bytes, consent);
  }

  async packages() {
    return this.#packages === undefined ? [] : (await this.#packages).list();
  }

  async removePackage(id: string) {
    return (await this.#sandboxed()).remove(id);
  }

  async resumePackage(id: string) {
    return (await this.#sandboxed()).resume(id);
  }

  async rollbackPackage(id: string) {
    return (await this.#sandboxed()).back(id);
  }

  async packageAudit(id: string) {
    return (await this.#sandboxed()).audit(id);
  }

  async setPackageBudget(id: string, sums: Partial<ModelBudget>) {
    const [{ setBudget }, packages] = await Promise.all([import("./settings.ts"), this.#sandboxed()]);
    return setBudget(this.#booted, packages, id, sums);
  }

  async pluginSettings(id: string) {
    return (await this.#desk()).read(id);
  }

  async changePluginSettings(id: string, change: SettingsChange) {
    return (await this.#desk()).change(id, change);
  }

  async #followSettings(): Promise<void> {
    if ((await this.#booted.setElsewhere()).length > 0) await (await this.#desk()).follow();
  }

  async #desk(): Promise<ReturnType<typeof settingsDesk>> {
    const [{ settingsDesk }] = await Promise.all([import("./settings.ts"), this.#packages]);
    return (this.#settings ??= settingsDesk(this.#booted, () => this.#packages));
  }

  #sandboxed(): Promise<Packages> {
    return this.#packages ?? Promise.reject(new TypeError("the page opened no sandbox"));
  }

  #service<T>(wanted: Token<T>): T {
    const service = this.#booted.kernel.service(wanted);
    if (service) return service;
    throw serviceMissing(this.#booted.kernel, wanted.id);
  }
}
