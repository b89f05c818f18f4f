import {
  collectViews,
  Documents,
  EpisodicMemory,
  type ForkRequest,
  type Forecast,
  type HostInfo,
  type ImportedRun,
  type InstalledPackage,
  Journal,
  type KernelClient,
  type ModelBudget,
  type ModelInfo,
  OrreryError,
  type PackageAudit,
  type PackageConsent,
  type PackageReport,
  type PluginSettings,
  type Resumption,
  type Retention,
  type RunQuery,
  type RunRequest,
  type RunSummary,
  Runner,
  type Sentence,
  type SettingsChange,
  type Steering,
  Storage,
  type SubmitRequest,
  Trace,
  typed,
  type ViewQuery,
  type WaitingItem,
  type WatchMessage,
  wasImported,
  Workspace,
  type WorkspaceFile,
} from "@orrery/sdk";
import { type AgentDetail, agentDetail, type AgentRecord, agentRecords, type AgentSources, forgetAgent } from "@orrery/sdk/agents";
import type { RunVerified } from "@orrery/sdk/archive";
import type { BudgetCeiling } from "@orrery/sdk/package";
import type { Host } from "../boot.ts";
import { type Failure, failureOf } from "../cli/failure.ts";
import { readDocuments } from "../documents/read-documents.ts";
import { type RunDocuments, RunFiles } from "../documents/run-files.ts";
import { connect, disconnect } from "../plugins/connections/connect.ts";
import { Hub } from "../plugins/hub/hub.ts";
import { createIds } from "../platform.ts";
import { spendingOf } from "../spending.ts";
import { version } from "../version.ts";
import { findExample, needExample } from "./example.ts";
import { RunArchive } from "./run-archive.ts";
import { type ToolReport, toolReports } from "./tool-reports.ts";
import { watchRun } from "./watch-run.ts";

const newId = createIds(Date.now);

/** A run that was to go on after its process had gone, and why it did not. */
export interface Resumed {
  run: string;
  error?: Failure;
}
export type StartOptions = Omit<SubmitRequest, "documents" | "docs"> & { agreed?: boolean; documents: RunDocuments };

/** What the terminal, the HTTP routes and the socket are made of: the one client interface, over a host in this process. */
export class HostClient implements KernelClient {
  readonly #host: Host;
  readonly #files: RunFiles;
  readonly #archive: RunArchive;
  readonly #readyMs: number;

  constructor(host: Host, readyMs: number) {
    this.#host = host;
    this.#files = new RunFiles(host.need(Storage).open("orrery.host.files"), host.settings);
    this.#archive = new RunArchive(host, this.#files);
    this.#readyMs = readyMs;
  }

  async info(): Promise<HostInfo> {
    const example = await findExample();
    return {
      kind: "node",
      version,
      readyMs: Math.round(this.#readyMs),
      privacy: "Runs on this machine. Nothing leaves it but calls to model hosts you connected.",
      example: example && { task: example.task, documents: example.documents },
    };
  }

  async submit(request: SubmitRequest): Promise<{ runId: string; thread: string }> {
    return this.start({ ...request, documents: await this.read(request) });
  }

  async forecast(request: SubmitRequest): Promise<Forecast> {
    return this.#host.need(Runner).forecast(this.request({ ...request, documents: await this.read(request) }));
  }

  /** The documents of a request; of a follow-up without any, those its conversation read last. */
  async read({ docs, documents, thread }: Pick<SubmitRequest, "docs" | "documents" | "thread">): Promise<RunDocuments> {
    const read = docs && docs.length > 0 ? await readDocuments(docs, this.#host.settings.documents) : { files: [], skipped: [], sources: [] };
    const given = (documents ?? []).map(({ path, text, base64, bytes }) => ({
      path,
      bytes: bytes ?? new Uint8Array(Buffer.from(base64 ?? text ?? "", base64 === undefined ? "utf8" : "base64")),
    }));
    if (given.length > 0) return { files: [...read.files, ...given], skipped: read.skipped, sources: [] };
    if (read.sources.length === 0 && thread) return this.#files.ofThread(thread);
    return read;
  }

  /** What a run was given to read, as it is now. */
  documentsOf(runId: string): Promise<RunDocuments> {
    return this.#files.of(runId);
  }

  /** What the runner is asked for; also what a forecast is made of. */
  request({ documents, task, budget, agreed = false, ...rest }: StartOptions): RunRequest {
    const { settings } = this.#host;
    const topology = rest.topology ?? (rest.team?.topology ? undefined : settings.topology);
    const model = rest.model ?? settings.model;
    const agents = rest.agents ?? (rest.team ? undefined : settings.agents);
    return {
      text: task,
      files: documents.files,
      skipped: documents.skipped,
      ...(documents.sources.length > 0 ? { sources: documents.sources } : {}),
      ...(rest.thread ? { thread: rest.thread } : {}),
      ...(topology ? { topology } : {}),
      ...(rest.team ? { team: rest.team } : {}),
      ...(agents ? { agents } : {}),
      ...(model ? { model } : {}),
      ...(rest.documentBytes === undefined ? {} : { documentBytes: rest.documentBytes }),
      spending: spendingOf({ budgetUsd: budget, teamUsd: rest.team?.budget, model: rest.model, agreed }, this.#host.currentSettings().spending),
      actor: settings.actor,
      workspace: settings.workspace,
    };
  }

  async start(options: StartOptions): Promise<{ runId: string; thread: string }> {
    // Kept before the run begins: it can be carried on from its first entry.
    const run = newId("run");
    await this.#files.keep(run, options.documents);
    try {
      const started = await this.#host.need(Runner).start({ ...this.request(options), run });
      await this.#files.follow(started.thread, run, options.documents);
      return started;
    } catch (error) {
      await this.#files.forget([run]);
      throw error;
    }
  }

  async example(): Promise<{ runId: string; thread: string }> {
    const example = await needExample();
    return this.submit({ task: example.task, docs: [example.folder] });
  }

  cancel(runId: string): Promise<boolean> {
    return this.#host.need(Runner).cancel(runId, "cancelled by a person");
  }

  async steer(runId: string, steering: Steering): Promise<void> {
    await this.tell(runId, steering);
  }

  /** As `steer`; says whether another process carries the run on and was told. */
  async tell(runId: string, steering: Steering): Promise<{ elsewhere: boolean }> {
    const runner = this.#host.need(Runner);
    // A run that is left by its process needs its documents again to go on.
    const goesOn = steering.do === "resume" || steering.do === "approve" || steering.do === "deny";
    const given = goesOn ? await this.#resumption(runId) : undefined;
    return runner.steer(runId, steering, this.#host.settings.actor, given);
  }

  waiting(): Promise<WaitingItem[]> {
    return this.#host.need(Runner).waiting({ workspace: this.#host.settings.workspace });
  }

  async resume(runId: string): Promise<void> {
    await this.#host.need(Runner).resume(runId, await this.#resumption(runId));
  }

  async fork(runId: string, fork: ForkRequest): Promise<{ runId: string; thread: string }> {
    const { settings } = this.#host;
    const documents = await this.#files.of(runId);
    const anew = fork.model !== undefined || (await wasImported(this.#host.need(Storage), runId));
    const spending = anew ? { spending: spendingOf({ ...(fork.model ? { model: fork.model } : {}) }, this.#host.currentSettings().spending) } : {};
    const started = await this.#host.need(Runner).fork(runId, fork, { actor: settings.actor, files: documents.files, skipped: documents.skipped, ...spending });
    await this.#files.keep(started.runId, documents);
    return started;
  }

  /** Carries on every run whose process is gone; says what became of each. */
  async resumeAll(): Promise<Resumed[]> {
    const left = await this.#host.need(Journal).runs({ status: "unfinished", limit: 10_000 });
    const resumed: Resumed[] = [];
    for (const { run, status } of left.reverse()) {
      if (status !== "interrupted" && status !== "waiting") continue;
      try {
        await this.resume(run);
        resumed.push({ run });
      } catch (error) {
        if ((error as { code?: string }).code !== "RUN_ELSEWHERE") resumed.push({ run, error: failureOf(error) });
      }
    }
    return resumed;
  }

  async #resumption(runId: string): Promise<Resumption> {
    const { files, skipped } = await this.#files.of(runId);
    return { actor: this.#host.settings.actor, files, skipped };
  }

  exportRun(runId: string): Promise<string> {
    return this.#archive.export(runId);
  }

  /** Throws RUN_UNKNOWN. */
  verifyRun(runId: string): Promise<RunVerified> {
    return this.#archive.verify(runId);
  }

  importRun(file: string, signer?: string): Promise<ImportedRun> {
    return this.#archive.import(file, signer);
  }

  pruneRuns(retention: Retention): Promise<RunSummary[]> {
    return this.#archive.prune(retention);
  }

  /** The report once the run has ended. */
  wait(runId: string) {
    return this.#host.need(Runner).wait(runId);
  }

  runs(query: RunQuery = {}) {
    return this.#host.need(Journal).runs(query);
  }

  report(runId: string) {
    return this.#host.need(Runner).report(runId);
  }

  async events(runId: string, from = 0) {
    const entries = await this.#host.need(Journal).read(runId, from);
    return entries.map(({ prevHash: _p, hash: _h, ...event }) => event);
  }

  trace(runId: string) {
    return this.#host.need(Trace).spans(runId);
  }

  async watch(runId: string, from: number, listener: (message: WatchMessage) => void, onError: (error: unknown) => void = () => {}): Promise<() => void> {
    const journal = this.#host.need(Journal);
    if (!(await journal.head(runId))) throw new OrreryError("RUN_UNKNOWN", `there is no run "${runId}"`, { todo: "`orrery runs` lists them." });
    return watchRun({ journal, hub: this.#host.kernel.service(Hub) }, runId, from, listener, onError);
  }

  async models(refresh = false): Promise<ModelInfo[]> {
    const answers = await this.#host.kernel.call("model.list", { refresh });
    return answers.flatMap((answer) => (answer.ok ? answer.value : []));
  }

  files(runId: string): Promise<WorkspaceFile[]> {
    return this.#host.need(Workspace).list(runId);
  }

  fileVersions(runId: string, path: string): Promise<WorkspaceFile[]> {
    return this.#host.need(Workspace).versions(runId, path);
  }

  /** Throws FILE_UNKNOWN. */
  async file(runId: string, path: string, version?: number): Promise<{ file: WorkspaceFile; bytes: Uint8Array }> {
    const found = await this.#host.need(Workspace).read(runId, path, version);
    if (found) return found;
    throw new OrreryError("FILE_UNKNOWN", `the run has no file "${path.slice(0, 200)}"${version ? ` of version ${version}` : ""}`, {
      todo: "GET /api/runs/{id}/files lists them.",
    });
  }

  agents(limit?: number): Promise<AgentRecord[]> {
    return agentRecords(this.#agentSources(), this.#agentQuery(limit));
  }

  agent(name: string, limit?: number): Promise<AgentDetail> {
    return agentDetail(this.#agentSources(), name, this.#agentQuery(limit));
  }

  forgetAgent(name: string, episode?: string): Promise<number> {
    return forgetAgent(this.#agentSources(), name, this.#agentQuery(), episode);
  }

  #agentSources(): AgentSources {
    return { journal: this.#host.need(Journal), storage: this.#host.need(Storage), memory: this.#host.kernel.service(EpisodicMemory) };
  }

  #agentQuery(limit?: number) {
    return { workspace: this.#host.settings.workspace, ...(limit ? { limit } : {}) };
  }

  /** The tools agents could name, what they may do, and whether a call of one would be let through. */
  tools(): Promise<ToolReport[]> {
    return toolReports(this.#host.kernel);
  }

  async plugins() {
    return [...this.#host.kernel.inspect().plugins];
  }

  async inspectPackage(bytes: Uint8Array): Promise<PackageReport> {
    return (await this.#host.packages()).inspect(bytes);
  }

  async installPackage(bytes: Uint8Array, consent: PackageConsent): Promise<InstalledPackage> {
    return (await this.#host.packages()).install(bytes, consent);
  }

  async packages(): Promise<InstalledPackage[]> {
    return (await this.#host.packages()).list();
  }

  async removePackage(id: string): Promise<void> {
    await (await this.#host.packages()).remove(id);
  }

  async resumePackage(id: string): Promise<void> {
    await (await this.#host.packages()).resume(id);
  }

  async rollbackPackage(id: string): Promise<InstalledPackage> {
    return (await this.#host.packages()).back(id);
  }

  async packageAudit(id: string): Promise<PackageAudit> {
    return (await this.#host.packages()).audit(id);
  }

  async setPackageBudget(id: string, sums: Partial<ModelBudget>): Promise<InstalledPackage> {
    const { settings, configOf } = this.#host;
    return (await this.#host.packages()).setBudget(id, sums, configOf("orrery.cost") as BudgetCeiling, settings.actor);
  }

  async pluginSettings(id: string): Promise<PluginSettings> {
    return (await this.#host.settingsDesk()).read(id);
  }

  async changePluginSettings(id: string, change: SettingsChange): Promise<PluginSettings> {
    return (await this.#host.settingsDesk()).change(id, change);
  }

  async explain(hook: string) {
    return this.#host.kernel.explain(hook);
  }

  async hooks() {
    return [...this.#host.kernel.inspect().hooks];
  }

  views(query: ViewQuery) {
    return collectViews(this.#host.kernel, query);
  }

  async sentences(runId: string, path: string): Promise<Sentence[]> {
    const documents = this.#host.need(Documents);
    const collection = (await this.events(runId)).flatMap((entry) => {
      const event = typed(entry);
      return event?.type === "documents.read" ? [event.data.collection] : [];
    })[0];
    if (collection === undefined) return [];
    if (!(await documents.has(collection))) {
      const again = await documents.ingest((await this.#files.of(runId)).files);
      // The files have changed since: what they say now is not what was cited.
      if (again.collection !== collection) return [];
    }
    return documents.sentences(collection, path);
  }

  async connect(connection: { provider: string; baseUrl?: string; key?: string; models?: string[] }): Promise<ModelInfo[]> {
    connect(this.#host, connection);
    return this.models(true);
  }

  async disconnect(provider: string): Promise<void> {
    disconnect(this.#host, provider);
    await this.models(true);
  }
}
