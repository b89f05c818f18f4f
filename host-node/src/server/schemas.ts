import { runEvent, runStatus } from "@orrery/sdk";
import { z } from "zod";
import { packageConsent, packed } from "../client/package-request.ts";
import { budgetChange, settingsChange } from "../client/settings-request.ts";
import { retention } from "../client/retention-request.ts";
import { forkRequest, steering } from "../client/steering-request.ts";
import { submitRequest } from "../client/submit-request.ts";

const id = z.string().min(1).max(200);
const whole = z.coerce.number().int().nonnegative();
/** How runs may be asked for. */
export const runStanding = z.union([runStatus, z.literal("unfinished")]);
const agentName = z.string().min(1).max(300).describe("`team/agent`, its slash written as %2F; the agent's name alone where one team has it");
const runsLookedAt = whole.min(1).max(10_000).optional().describe("Looking at so many runs, newest first; 200 when absent");
const started = z.object({ runId: z.string(), thread: z.string() });
/** Shapes that are documented where they are made (`RunReport`, `PluginReport` …) and passed on as they are. */
const open = (title: string) => z.looseObject({}).meta({ title });
const failure = z.object({ error: z.object({ code: z.string(), message: z.string(), do: z.string().optional() }) });

export interface RouteSchema {
  params?: z.ZodType;
  querystring?: z.ZodType;
  body?: z.ZodType;
  response: z.ZodType;
}

/** What each route takes and gives, by operation id. */
export const schemas = {
  health: { response: z.object({ status: z.literal("ok"), ready: z.boolean(), version: z.string() }) },
  info: { response: open("HostInfo") },
  submit: {
    body: submitRequest,
    querystring: z.object({ wait: z.stringbool().optional().describe("Answer with the report once the run has ended") }),
    response: started,
  },
  forecast: { body: submitRequest, response: open("Forecast") },
  example: { response: started },
  runs: {
    querystring: z.object({
      limit: whole.min(1).max(1_000).optional().describe("50 when absent"),
      status: runStanding.optional().describe("Those that stand so; `unfinished`: all without an end"),
      after: id.optional().describe("Those after this run: the `next` of the page before"),
      thread: id.optional(),
      before: z.coerce.number().optional().describe("Started before this time, ms"),
    }),
    response: z.object({ runs: z.array(open("RunSummary")), next: z.string().optional().describe("Give it as `after` for the next page; absent on the last") }),
  },
  report: { params: z.object({ id }), response: open("RunReport") },
  events: {
    params: z.object({ id }),
    querystring: z.object({ from: whole.optional().describe("The first entry's index; Last-Event-ID goes before it") }),
    response: z.object({ events: z.array(runEvent) }),
  },
  trace: { params: z.object({ id }), response: z.object({ spans: z.array(open("Span")) }) },
  sentences: {
    params: z.object({ id }),
    querystring: z.object({ path: z.string().min(1).max(1_000) }),
    response: z.object({ sentences: z.array(open("Sentence")) }),
  },
  cancel: { params: z.object({ id }), response: z.object({ cancelled: z.boolean().describe("False when the run was not under way here") }) },
  steer: { params: z.object({ id }), body: steering, response: z.object({ status: z.string().describe("How the run stands now") }) },
  resume: { params: z.object({ id }), response: z.object({ status: z.string() }) },
  fork: { params: z.object({ id }), body: forkRequest, response: started },
  exportRun: { params: z.object({ id }), response: z.string().describe("One JSON value a line") },
  verifyRun: { params: z.object({ id }), response: open("RunVerified") },
  importRun: {
    body: z.strictObject({
      file: z.string().min(1).max(64_000_000).describe("The text of the file"),
      signer: z.string().max(100).optional().describe("Only with this key's signature, as SHA256:…"),
    }),
    response: z.object({ run: z.string(), events: whole, files: whole, unheld: whole, signer: z.string().optional(), head: z.string() }),
  },
  pruneRuns: { body: retention, response: z.object({ runs: z.array(open("RunSummary")) }) },
  waiting: { response: z.object({ waiting: z.array(open("WaitingItem")) }) },
  plugins: { response: z.object({ plugins: z.array(open("PluginReport")) }) },
  views: {
    querystring: z.object({ run: id.optional().describe("Beside this run; under Extend when absent") }),
    response: z.object({ views: z.array(open("ShownView")) }),
  },
  inspectPackage: { body: z.strictObject({ package: packed }), response: open("PackageReport") },
  installPackage: { body: packageConsent.extend({ package: packed }), response: open("InstalledPackage") },
  packages: { response: z.object({ packages: z.array(open("InstalledPackage")) }) },
  removePackage: { params: z.object({ id }), response: z.object({ removed: z.string() }) },
  resumePackage: { params: z.object({ id }), response: z.object({ resumed: z.string() }) },
  rollbackPackage: { params: z.object({ id }), response: open("InstalledPackage") },
  setPackageBudget: { params: z.object({ id }), body: budgetChange, response: open("InstalledPackage") },
  pluginSettings: { params: z.object({ id }), response: open("PluginSettings") },
  changePluginSettings: { params: z.object({ id }), body: settingsChange, response: open("PluginSettings") },
  packageAudit: { params: z.object({ id }), response: open("PackageAudit") },
  files: { params: z.object({ id }), response: z.object({ files: z.array(open("WorkspaceFile")) }) },
  fileVersions: {
    params: z.object({ id }),
    querystring: z.object({ path: z.string().min(1).max(1_000) }),
    response: z.object({ versions: z.array(open("WorkspaceFile")) }),
  },
  file: {
    params: z.object({ id }),
    querystring: z.object({ path: z.string().min(1).max(1_000), version: whole.min(1).optional() }),
    response: z.string().describe("The bytes"),
  },
  agents: { querystring: z.object({ limit: runsLookedAt }), response: z.object({ agents: z.array(open("AgentRecord")) }) },
  agent: { params: z.object({ name: agentName }), querystring: z.object({ limit: runsLookedAt }), response: open("AgentDetail") },
  forgetAgent: {
    params: z.object({ name: agentName }),
    querystring: z.object({ episode: id.optional().describe("This episode alone") }),
    response: z.object({ forgotten: z.int() }),
  },
  tools: { response: z.object({ tools: z.array(open("ToolReport")) }) },
  models: { querystring: z.object({ refresh: z.stringbool().optional() }), response: z.object({ models: z.array(open("ModelInfo")) }) },
  hooks: { response: z.object({ hooks: z.array(z.string()) }) },
  hook: { params: z.object({ name: id }), response: open("HookExplanation") },
  openapi: { response: open("OpenAPI document") },
} as const satisfies Record<string, RouteSchema>;

export type Operation = keyof typeof schemas;
export { failure };
