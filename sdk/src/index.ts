export { definePlugin, type AnyPlugin, type PluginContext } from "./define-plugin.ts";
export {
  lifecycle,
  outcome,
  channelMessage,
  type Lifecycle,
  type Outcome,
  type ChannelMessage,
} from "./lifecycle.ts";
export { events, runEvent, runStatus, typed, type EventType, type EventData, type RunEvent, type RunStatus, type TypedRunEvent } from "./events.ts";

export { task, criterion, constraints, spending, type Task, type Criterion, type Constraints, type Spending } from "./task.ts";
export {
  team,
  agentSpec,
  gateSpec,
  topologyChoice,
  plan,
  threadTurn,
  type Team,
  type AgentSpec,
  type GateSpec,
  type TopologyChoice,
  type Plan,
  type ThreadTurn,
} from "./team.ts";
export {
  origin,
  artifact,
  view,
  step,
  stepResult,
  usage,
  isOwnQuestion,
  type Origin,
  type Artifact,
  type View,
  type Step,
  type StepResult,
  type Usage,
} from "./step.ts";
export {
  modelInfo,
  modelRequest,
  modelResponse,
  modelDelta,
  routeQuery,
  route,
  message,
  unbilledFailures,
  type Message,
  type ModelInfo,
  type ModelRequest,
  type ModelResponse,
  type ModelDelta,
  type RouteQuery,
  type Route,
} from "./model.ts";
export { collectViews } from "./collect-views.ts";
export { pluginView, viewQuery, type PluginView, type ShownView, type ViewBlock, type ViewQuery } from "./plugin-view.ts";
export {
  toolEffect,
  toolSpec,
  toolRequest,
  toolCall,
  toolResult,
  meansTool,
  type ToolEffect,
  type ToolSpec,
  type ToolRequest,
  type ToolCall,
  type ToolResult,
} from "./tool.ts";
export { judgement, verdict, decideQuery, decision, type Judgement, type Verdict, type DecideQuery, type Decision } from "./verdict.ts";
export {
  Models,
  Budgets,
  spendingOf,
  modelQuestion,
  type ModelAnswer,
  type ModelBudget,
  type ModelQuestion,
  type ModelsFor,
} from "./models.ts";
export { callEstimate, Ledger, type CallEstimate, type CostTotals } from "./ledger.ts";
export { basisWords } from "./basis-words.ts";
export { estimate, type Estimate, type EstimateBasis } from "./estimate.ts";
export { digestsOf, type AgentDigest, type DigestSources, type RunDigest } from "./run-digest.ts";
export { addCost, costOf, noCost } from "./cost-projection.ts";
export { topologyToken, type TopologyExecutor, type Dispatch, type Settled, type Move, type CallPrediction, type Conformance } from "./topology.ts";

export { Documents, Embeddings, type DocumentInfo, type InputFile, type Ingested, type Passage, type Sentence, type SkippedFile } from "./documents.ts";
export { Classifier, type Classified, type PrivateSpan } from "./privacy.ts";
export { EpisodicMemory, recalled, citation, type Recalled, type Citation } from "./memory.ts";
export { Mailbox, type Reply, type Waiting } from "./mailbox.ts";
export { answerPatience, readReply, replyOf, unanswered } from "./letters.ts";
export type { RunVerified } from "./archive/verify-run.ts";
export { wasImported, type ImportedRun, type Kept, type KeptRuns, type Retention } from "./retention.ts";
export { firstBroken, journalBroken, journalExists, journalHeld, journalUnfinished } from "./whole-run.ts";
export { Journal, canonicalJson, hashInput, genesis, type JournalEntry, type NewEntry, type RunHead, type RunQuery, type RunSummary } from "./journal.ts";
export { Web } from "./web.ts";
export { fileChanged, Workspace, type FileContent, type WorkspaceFile } from "./workspace.ts";
export { Storage, Assets, Connections, Egress, type KeyValue, type Connection } from "./host-services.ts";
export { spanLabel, spanMs, type Span } from "./span.ts";
export { Runner, Trace, type RunRequest, type RunReport, type AgentReport, type Forecast, type Resumption } from "./run.ts";
export type { Steering, WaitingItem, ForkRequest } from "./steering.ts";
export { standingAfter, unstarted, type RunStanding } from "./run-standing.ts";
export type { KernelClient, SubmitRequest, WatchMessage, HostInfo } from "./client.ts";
export type { PackageSetting } from "./package/settings.ts";
export type { PluginSetting, PluginSettings, SettingsChange } from "./settings/plugin-settings.ts";
export type { PluginChangeNote } from "./settings/change-log.ts";
export type { PackageReport, PackageChanges, PackageConsent, PackageAudit, InstalledPackage } from "./package/report.ts";

export { nanoUsd, millis, usdToNano, nanoToMicro, nanoToUsd, type NanoUsd, type Millis } from "./brands.ts";
export { json, type Json } from "./json.ts";
export { OrreryError } from "./error.ts";
export { lazy } from "./lazy.ts";
export { liveConfig, LiveConfigs, LiveSettings, parsedConfig } from "./live-settings.ts";
export { optional } from "./optional.ts";
export { sha256 } from "./sha256.ts";
export {
  token,
  type Token,
  type TapFn,
  type TapOrder,
  type TapCall,
  type GuardAnswer,
  type GuardOutcome,
  type HookSession,
  type Manifest,
  type Portable,
  type PluginReport,
  type HookExplanation,
  type Clock,
  type Random,
  type Log,
} from "@orrery/kernel";
