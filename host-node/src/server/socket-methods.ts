import {
  type ForkRequest,
  OrreryError,
  type ModelBudget,
  type PackageConsent,
  type Retention,
  type RunQuery,
  type SettingsChange,
  type Steering,
  viewQuery,
} from "@orrery/sdk";
import { z } from "zod";
import type { HostClient } from "../client/host-client.ts";
import { packageConsent, packed, unpacked } from "../client/package-request.ts";
import { budgetChange, settingsChange } from "../client/settings-request.ts";
import { retention } from "../client/retention-request.ts";
import { forkRequest, steering } from "../client/steering-request.ts";
import { submitRequest } from "../client/submit-request.ts";
import { wordsOf } from "./issue-words.ts";
import { runStanding } from "./schemas.ts";

type Method = (client: HostClient, params: readonly unknown[]) => Promise<unknown>;

const id = z.string().min(1).max(200);
const filePath = z.string().min(1).max(1_000);
const agentName = z.string().min(1).max(300);
const method =
  <T extends readonly z.ZodType[]>(
    takes: readonly [...T],
    work: (client: HostClient, params: { [K in keyof T]: z.output<T[K]> }) => Promise<unknown>,
  ): Method =>
  async (client, params) => {
    const parsed: unknown[] = [];
    for (const [i, schema] of takes.entries()) {
      const one = schema.safeParse(params[i] ?? undefined);
      if (!one.success)
        throw new OrreryError("REQUEST_INVALID", `parameter ${i + 1} is not valid: ${await wordsOf(one.error)}`, {
          todo: "Correct it and send the message again.",
        });
      parsed.push(one.data);
    }
    return work(client, parsed as { [K in keyof T]: z.output<T[K]> });
  };
const query = z
  .strictObject({ limit: z.int().min(1).max(1_000).optional(), thread: id.optional(), status: runStanding.optional(), after: id.optional() })
  .default({});
const connection = z.strictObject({
  provider: z.string().max(64),
  baseUrl: z.string().max(2_000).optional(),
  key: z.string().max(4_000).optional(),
  models: z.array(z.string().max(300)).max(1_000).optional(),
});

/** What a page may ask over its socket, and the shape of each parameter: the members of `KernelClient` by name. */
export const methods: Readonly<Record<string, Method>> = {
  info: method([], (client) => client.info()),
  submit: method([submitRequest], (client, [request]) => client.submit(request as Parameters<HostClient["submit"]>[0])),
  forecast: method([submitRequest], (client, [request]) => client.forecast(request as Parameters<HostClient["forecast"]>[0])),
  example: method([], (client) => client.example()),
  cancel: method([id], (client, [runId]) => client.cancel(runId)),
  steer: method([id, steering], (client, [runId, told]) => client.steer(runId, told as Steering)),
  waiting: method([], (client) => client.waiting()),
  resume: method([id], (client, [runId]) => client.resume(runId)),
  fork: method([id, forkRequest.default({})], (client, [runId, fork]) => client.fork(runId, fork as ForkRequest)),
  exportRun: method([id], (client, [runId]) => client.exportRun(runId)),
  verifyRun: method([id], (client, [runId]) => client.verifyRun(runId)),
  importRun: method([z.string().max(64_000_000), z.string().max(100).optional()], (client, [file, signer]) => client.importRun(file, signer)),
  pruneRuns: method([retention], (client, [rule]) => client.pruneRuns(rule as Retention)),
  runs: method([query], (client, [asked]) => client.runs(asked as RunQuery)),
  report: method([id], (client, [runId]) => client.report(runId)),
  events: method([id, z.int().nonnegative().default(0)], (client, [runId, from]) => client.events(runId, from)),
  trace: method([id], (client, [runId]) => client.trace(runId)),
  models: method([], (client) => client.models()),
  plugins: method([], (client) => client.plugins()),
  inspectPackage: method([packed], (client, [bytes]) => client.inspectPackage(unpacked(bytes))),
  installPackage: method([packed, packageConsent], (client, [bytes, consent]) => client.installPackage(unpacked(bytes), consent as PackageConsent)),
  packages: method([], (client) => client.packages()),
  removePackage: method([id], async (client, [pluginId]) => {
    await client.removePackage(pluginId);
    return null;
  }),
  resumePackage: method([id], async (client, [pluginId]) => {
    await client.resumePackage(pluginId);
    return null;
  }),
  rollbackPackage: method([id], (client, [pluginId]) => client.rollbackPackage(pluginId)),
  setPackageBudget: method([id, budgetChange], (client, [pluginId, sums]) => client.setPackageBudget(pluginId, sums as Partial<ModelBudget>)),
  pluginSettings: method([id], (client, [pluginId]) => client.pluginSettings(pluginId)),
  changePluginSettings: method([id, settingsChange], (client, [pluginId, change]) => client.changePluginSettings(pluginId, change as SettingsChange)),
  packageAudit: method([id], (client, [pluginId]) => client.packageAudit(pluginId)),
  explain: method([id], (client, [hook]) => client.explain(hook)),
  hooks: method([], (client) => client.hooks()),
  sentences: method([id, z.string().min(1).max(1_000)], (client, [runId, path]) => client.sentences(runId, path)),
  views: method([viewQuery], (client, [query]) => client.views(query)),
  files: method([id], (client, [runId]) => client.files(runId)),
  fileVersions: method([id, filePath], (client, [runId, path]) => client.fileVersions(runId, path)),
  file: method([id, filePath, z.int().min(1).optional()], async (client, [runId, path, version]) => {
    const { file, bytes } = await client.file(runId, path, version);
    return { file, base64: Buffer.from(bytes).toString("base64") };
  }),
  agents: method([], (client) => client.agents()),
  agent: method([agentName], (client, [name]) => client.agent(name)),
  forgetAgent: method([agentName, id.optional()], (client, [name, episode]) => client.forgetAgent(name, episode)),
  connect: method([connection], (client, [given]) => client.connect(given as Parameters<HostClient["connect"]>[0])),
  disconnect: method([z.string().max(64)], (client, [provider]) => client.disconnect(provider)),
};
