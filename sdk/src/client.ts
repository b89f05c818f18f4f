import type { HookExplanation, PluginReport } from "@orrery/kernel";
import type { AgentDetail, AgentRecord } from "./agent-history.ts";
import type { RunVerified } from "./archive/verify-run.ts";
import type { Sentence } from "./documents.ts";
import type { RunEvent } from "./events.ts";
import type { RunQuery, RunSummary } from "./journal.ts";
import type { ModelDelta, ModelInfo } from "./model.ts";
import type { ModelBudget } from "./models.ts";
import type { InstalledPackage, PackageAudit, PackageConsent, PackageReport } from "./package/report.ts";
import type { Forecast, RunReport } from "./run.ts";
import type { ShownView, ViewQuery } from "./plugin-view.ts";
import type { Span } from "./span.ts";
import type { ImportedRun, Kept, KeptRuns, Retention } from "./retention.ts";
import type { PluginSettings, SettingsChange } from "./settings/plugin-settings.ts";
import type { ForkRequest, Steering, WaitingItem } from "./steering.ts";
import type { Team } from "./team.ts";
import type { WorkspaceFile } from "./workspace.ts";

/** A run as a page, a script or the HTTP API asks for it (`POST /api/runs`). */
export interface SubmitRequest {
  task: string;
  /** Contents handed over with the request. `base64` for what is not text. */
  documents?: { path: string; text?: string; base64?: string; bytes?: Uint8Array }[];
  /** Paths on the server's machine; refused by a host that has none. */
  docs?: string[];
  topology?: string;
  team?: Team;
  agents?: number;
  model?: string;
  /** US dollars; saying one agrees to spend up to it. */
  budget?: number;
  thread?: string;
  /** Of a forecast: bytes of the documents that are not handed over yet. */
  documentBytes?: number;
}
export type WatchMessage = { kind: "event"; event: RunEvent } | { kind: "delta"; delta: ModelDelta } | { kind: "end" };

export interface HostInfo {
  kind: "tab" | "node";
  version: string;
  /** Milliseconds from the host's start to a kernel that takes runs. */
  readyMs: number;
  /** "Runs in this tab. Nothing leaves your browser." and the like. */
  privacy: string;
  example: { task: string; documents: { path: string; title: string }[] } | undefined;
}

/** The one interface the page talks to, whether the kernel is in this tab or on a server. Plain data only. */
export interface KernelClient {
  info(): Promise<HostInfo>;
  submit(request: SubmitRequest): Promise<{ runId: string; thread: string }>;
  /** What the request would do and cost, without doing it; of its documents only the size matters. */
  forecast(request: SubmitRequest): Promise<Forecast>;
  /** Runs the built-in example. */
  example(): Promise<{ runId: string; thread: string }>;
  cancel(runId: string): Promise<boolean>;
  /** Pauses, resumes, redirects, cancels, or decides at a gate. Throws RUN_UNKNOWN, RUN_OVER, RUN_UNANSWERED, GATE_UNKNOWN, GATE_DECIDED. */
  steer(runId: string, steering: Steering): Promise<void>;
  /** Everything that waits for a person, oldest first. */
  waiting(): Promise<WaitingItem[]>;
  /** A new run that keeps what this one settled before the step `at`, at no cost. */
  fork(runId: string, fork: ForkRequest): Promise<{ runId: string; thread: string }>;
  /** Carries on a run whose process or tab is gone. */
  resume(runId: string): Promise<void>;
  /** Newest first; `status: "unfinished"`: those without an end; `after`: the next page. */
  runs(query?: Pick<RunQuery, "limit" | "thread" | "status" | "after">): Promise<RunSummary[]>;
  report(runId: string): Promise<RunReport | undefined>;
  events(runId: string, from?: number): Promise<RunEvent[]>;
  trace(runId: string): Promise<Span[]>;
  /** The run's entries from `from` on, then what happens, then `end`. Returns the way to stop. */
  watch(runId: string, from: number, listener: (message: WatchMessage) => void): Promise<() => void>;
  /** The run as a file: its entries with their hash chain, and the files its agents wrote. Throws RUN_UNKNOWN. */
  exportRun(runId: string): Promise<string>;
  /** Recomputes the run's hash chain, and the hash of every file its entries hold. Throws RUN_UNKNOWN. */
  verifyRun(runId: string): Promise<RunVerified>;
  /** Keeps the run of such a file; `signer`: only when it has this key's signature. Throws RUN_FILE_*, RUN_EXISTS; nothing is kept then. */
  importRun(file: string, signer?: string): Promise<ImportedRun>;
  /** Takes out runs that are over, with their files; says which, and in `bytes` all the room each took. */
  pruneRuns(retention: Retention): Promise<RunSummary[]>;
  /** What it keeps of runs, and the room each takes. */
  kept?(): Promise<Kept>;
  /** Takes out what these bounds let go, now, at each start and after each run. */
  keepRuns?(retention: KeptRuns): Promise<void>;
  models(): Promise<ModelInfo[]>;
  plugins(): Promise<PluginReport[]>;
  explain(hook: string): Promise<HookExplanation>;
  hooks(): Promise<string[]>;
  /** What plugins show under Extend, or beside a run. */
  views?(query: ViewQuery): Promise<ShownView[]>;
  /** Agents of the last runs, and all that remember something, by their names in their teams. */
  agents?(): Promise<AgentRecord[]>;
  /** One of them with what it remembers. Throws AGENT_UNKNOWN, AGENT_AMBIGUOUS. */
  agent?(name: string): Promise<AgentDetail>;
  /** Forgets all it remembers, or one episode of it; how many that were. Throws AGENT_UNKNOWN, AGENT_AMBIGUOUS, EPISODE_UNKNOWN. */
  forgetAgent?(name: string, episode?: string): Promise<number>;
  /** The files a run's agents wrote, each in its newest version. */
  files?(runId: string): Promise<WorkspaceFile[]>;
  /** Every version of one of them, oldest first. */
  fileVersions?(runId: string, path: string): Promise<WorkspaceFile[]>;
  /** One version of it, or the newest. Throws FILE_UNKNOWN. */
  file?(runId: string, path: string, version?: number): Promise<{ file: WorkspaceFile; bytes: Uint8Array }>;
  /** A document of a run as numbered sentences, for opening a citation; empty when the host no longer has it. */
  sentences?(runId: string, path: string): Promise<Sentence[]>;
  /** Remembers a model host a person named in the page and allows the network for it, then lists the models. A key stays with the host. */
  connect?(connection: { provider: string; baseUrl?: string; key?: string; models?: string[] }): Promise<ModelInfo[]>;
  disconnect?(provider: string): Promise<void>;
  /** Loads a plugin's source into a worker of its own, replacing the one of the same id. Only where the host allows it. */
  loadSource?(source: string): Promise<PluginReport>;
  unload?(id: string): Promise<void>;
  /** Each call of a tap of the named plugin, as it happens. */
  watchPlugin?(id: string, listener: (record: { hook: string; durationMs: number; outcome: string; at: number }) => void): Promise<() => void>;
  /** What a package asks for and how it differs from the installed one. Runs and keeps nothing. Throws PACKAGE_*. */
  inspectPackage?(bytes: Uint8Array): Promise<PackageReport>;
  /** Installs it with what was agreed to, replacing the one of the same id, and starts it in the sandbox. Throws PACKAGE_*. */
  installPackage?(bytes: Uint8Array, consent: PackageConsent): Promise<InstalledPackage>;
  packages?(): Promise<InstalledPackage[]>;
  /** Stops it and takes everything with it: its data, grants and files. Throws PACKAGE_UNKNOWN. */
  removePackage?(id: string): Promise<void>;
  /** Lets a plugin out of quarantine and starts it anew. Throws PLUGIN_NOT_HELD. */
  resumePackage?(id: string): Promise<void>;
  /** Puts the version before the installed one back, with what it was granted then. Throws PACKAGE_UNKNOWN, PACKAGE_NO_PREVIOUS, PACKAGE_NOT_STARTED. */
  rollbackPackage?(id: string): Promise<InstalledPackage>;
  /** Throws PACKAGE_UNKNOWN. */
  packageAudit?(id: string): Promise<PackageAudit>;
  /** Changes what it may spend on models; what is absent stays. Throws PACKAGE_UNKNOWN, PACKAGE_BUDGET_REFUSED. */
  setPackageBudget?(id: string, sums: Partial<ModelBudget>): Promise<InstalledPackage>;
  /** What a plugin can be set to, and is; secrets are not told. Throws PLUGIN_UNKNOWN. */
  pluginSettings?(id: string): Promise<PluginSettings>;
  /** Keeps a change, with which the plugin starts anew at once. Throws PLUGIN_UNKNOWN, SETTING_UNKNOWN, SETTINGS_INVALID, SETTINGS_REFUSED; then nothing is changed. */
  changePluginSettings?(id: string, change: SettingsChange): Promise<PluginSettings>;
}
