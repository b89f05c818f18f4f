import {
  type ForkRequest,
  OrreryError,
  type ModelBudget,
  type PackageConsent,
  type Retention,
  type RunQuery,
  type SettingsChange,
  type Steering,
} from "@orrery/sdk";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { HostClient } from "../client/host-client.ts";
import { needRun } from "../client/need-run.ts";
import type { CheckedSubmit } from "../client/submit-request.ts";
import { version } from "../version.ts";
import type { DescribedRoute } from "./openapi.ts";
import type { Operation } from "./schemas.ts";
import { streamRun, wantsStream } from "./sse.ts";

/** The request after its schema. */
export interface Checked {
  params: { id: string; name: string };
  query: Pick<RunQuery, "limit" | "thread" | "before" | "status" | "after"> & {
    from?: number;
    path?: string;
    version?: number;
    refresh?: boolean;
    wait?: boolean;
    run?: string;
    episode?: string;
  };
  body: unknown;
}
export interface RouteContext {
  client: HostClient;
  request: FastifyRequest;
  reply: FastifyReply;
}
/** Every route says who may use it; the server refuses to start with one that does not. */
export interface Route extends DescribedRoute {
  bodyLimit?: number;
  answer(checked: Checked, context: RouteContext): Promise<unknown>;
}

const route = (method: Route["method"], url: string, operation: Operation, summary: string, answer: Route["answer"], more: Partial<Route> = {}): Route => ({
  method,
  url,
  operation,
  auth: "token",
  summary,
  answer,
  ...more,
});
const accepted = ({ reply }: RouteContext, started: { runId: string; thread: string }) => {
  reply.status(202).header("location", `/api/runs/${started.runId}`);
  return started;
};

/** Five megabytes as base64, and what stands around it. */
const packageBody = 7_200_000;
const bytesOf = (body: unknown): Uint8Array => new Uint8Array(Buffer.from((body as { package: string }).package, "base64"));

/** Every route of the API. The page's files and the socket stand beside it. */
export const routes: readonly Route[] = [
  route("GET", "/api/info", "info", "What this host is, and its example", (_, { client }) => client.info()),
  route(
    "POST",
    "/api/runs",
    "submit",
    "Give a task to a team; answers at once, or with the report when asked to wait",
    async ({ body, query }, context) => {
      const started = await context.client.submit(body as CheckedSubmit as Parameters<HostClient["submit"]>[0]);
      return query.wait ? context.client.wait(started.runId) : accepted(context, started);
    },
    { bodyLimit: 50_000_000 },
  ),
  route(
    "POST",
    "/api/forecast",
    "forecast",
    "What a task would do and take, without doing it: team, calls, tokens, money",
    ({ body }, { client }) => client.forecast(body as CheckedSubmit as Parameters<HostClient["forecast"]>[0]),
    { bodyLimit: 50_000_000 },
  ),
  route("POST", "/api/example", "example", "Run the built-in example", async (_, context) => accepted(context, await context.client.example())),
  route("GET", "/api/runs", "runs", "Runs, newest first, a page at a time", async ({ query: { limit = 50, ...query } }, { client }) => {
    const found = await client.runs({ ...query, limit: limit + 1 });
    const runs = found.slice(0, limit);
    const last = runs.at(-1)?.run;
    return { runs, ...(found.length > limit && last !== undefined ? { next: last } : {}) };
  }),
  route("GET", "/api/runs/:id", "report", "A run's report as of now", ({ params }, { client }) => needRun(client, params.id)),
  route(
    "GET",
    "/api/runs/:id/events",
    "events",
    "A run's entries: as they happen (text/event-stream), or those there are (application/json)",
    async ({ params, query }, { client, request, reply }) => {
      if (wantsStream(request.headers.accept)) return streamRun(client, params.id, query.from, request, reply);
      await needRun(client, params.id);
      return { events: await client.events(params.id, query.from) };
    },
  ),
  route("GET", "/api/runs/:id/trace", "trace", "A run's spans", async ({ params }, { client }) => {
    await needRun(client, params.id);
    return { spans: await client.trace(params.id) };
  }),
  route("GET", "/api/runs/:id/sentences", "sentences", "A document of the run as numbered sentences", async ({ params, query }, { client }) => ({
    sentences: await client.sentences(params.id, query.path ?? ""),
  })),
  route("GET", "/api/runs/:id/files", "files", "The files a run's agents wrote", async ({ params }, { client }) => {
    await needRun(client, params.id);
    return { files: await client.files(params.id) };
  }),
  route("GET", "/api/runs/:id/files/versions", "fileVersions", "Every version of one of them, oldest first", async ({ params, query }, { client }) => {
    await needRun(client, params.id);
    return { versions: await client.fileVersions(params.id, query.path ?? "") };
  }),
  route("GET", "/api/runs/:id/files/content", "file", "One of them, as a download", async ({ params, query }, { client, reply }) => {
    const found = await client.file(params.id, query.path ?? "", query.version);
    // Whatever an agent wrote: it is handed over as a file and never shown as a page.
    reply
      .header("content-type", "application/octet-stream")
      .header("content-disposition", `attachment; filename*=UTF-8''${encodeURIComponent(found.file.path.split("/").at(-1) ?? "file")}`);
    return Buffer.from(found.bytes);
  }),
  route("POST", "/api/runs/:id/cancel", "cancel", "Cancel a run", async ({ params }, { client }) => {
    await needRun(client, params.id);
    return { cancelled: await client.cancel(params.id) };
  }),
  route(
    "POST",
    "/api/runs/:id/steer",
    "steer",
    "Pause, resume, redirect or cancel a run, or decide at one of its gates",
    async ({ params, body }, { client }) => {
      await client.steer(params.id, body as Steering);
      return { status: (await needRun(client, params.id)).status };
    },
  ),
  route("POST", "/api/runs/:id/resume", "resume", "Carry on a run whose process is gone", async ({ params }, { client }) => {
    await client.resume(params.id);
    return { status: (await needRun(client, params.id)).status };
  }),
  route(
    "POST",
    "/api/runs/:id/fork",
    "fork",
    "Begin a run from another's journal; what settled before a step is kept at no cost",
    async ({ params, body }, context) => accepted(context, await context.client.fork(params.id, body as ForkRequest)),
  ),
  route(
    "GET",
    "/api/runs/:id/export",
    "exportRun",
    "A run as a file: its entries with their hash chain, and its agents' files",
    async ({ params }, { client, reply }) => {
      const text = await client.exportRun(params.id);
      reply.header("content-type", "application/x-ndjson").header("content-disposition", `attachment; filename*=UTF-8''${encodeURIComponent(params.id)}.jsonl`);
      return text;
    },
  ),
  route("GET", "/api/runs/:id/verify", "verifyRun", "Recompute a run's hash chain, and the hashes of its agents' files", ({ params }, { client }) =>
    client.verifyRun(params.id),
  ),
  route(
    "POST",
    "/api/runs/import",
    "importRun",
    "Keep the run of such a file beside those there are",
    async ({ body }, { client, reply }) => {
      reply.status(201);
      const { file, signer } = body as { file: string; signer?: string };
      return client.importRun(file, signer);
    },
    { bodyLimit: 70_000_000 },
  ),
  route("POST", "/api/runs/prune", "pruneRuns", "Take out runs that are over, with their files", async ({ body }, { client }) => ({
    runs: await client.pruneRuns(body as Retention),
  })),
  route("GET", "/api/waiting", "waiting", "Everything that waits for a person, oldest first", async (_, { client }) => ({ waiting: await client.waiting() })),
  route("GET", "/api/plugins", "plugins", "Plugins and their state", async (_, { client }) => ({ plugins: await client.plugins() })),
  route("GET", "/api/views", "views", "What plugins show under Extend, or beside a run", async ({ query }, { client }) => ({
    views: await client.views({ place: query.run ? "run" : "extend", ...(query.run ? { run: query.run } : {}) }),
  })),
  route("GET", "/api/packages", "packages", "Installed packages", async (_, { client }) => ({ packages: await client.packages() })),
  route(
    "POST",
    "/api/packages/inspect",
    "inspectPackage",
    "What a package asks for and how it differs from the installed one; runs and keeps nothing",
    async ({ body }, { client }) => client.inspectPackage(bytesOf(body)),
    { bodyLimit: packageBody },
  ),
  route(
    "POST",
    "/api/packages",
    "installPackage",
    "Install a package with what was agreed to, in place of the one of its id",
    async ({ body }, { client, reply }) => {
      const { package: _, ...consent } = body as { package: string } & PackageConsent;
      reply.status(201);
      return client.installPackage(bytesOf(body), consent);
    },
    { bodyLimit: packageBody },
  ),
  route("DELETE", "/api/packages/:id", "removePackage", "Remove a package with everything its plugin kept", async ({ params }, { client }) => {
    await client.removePackage(params.id);
    return { removed: params.id };
  }),
  route("POST", "/api/packages/:id/resume", "resumePackage", "Let a plugin out of quarantine, and start it anew", async ({ params }, { client }) => {
    await client.resumePackage(params.id);
    return { resumed: params.id };
  }),
  route(
    "POST",
    "/api/packages/:id/rollback",
    "rollbackPackage",
    "Put the version before the installed one back, as it was granted then",
    ({ params }, { client }) => client.rollbackPackage(params.id),
  ),
  route("GET", "/api/packages/:id/audit", "packageAudit", "What a package asked for, may do, did and was denied, over all runs", ({ params }, { client }) =>
    client.packageAudit(params.id),
  ),
  route("PATCH", "/api/packages/:id/budget", "setPackageBudget", "Change what an installed plugin may spend on models", ({ params, body }, { client }) =>
    client.setPackageBudget(params.id, body as Partial<ModelBudget>),
  ),
  route("GET", "/api/plugins/:id/settings", "pluginSettings", "What a plugin can be set to, and is; secrets are not told", ({ params }, { client }) =>
    client.pluginSettings(params.id),
  ),
  route(
    "PATCH",
    "/api/plugins/:id/settings",
    "changePluginSettings",
    "Change a plugin's settings; it starts anew with them, or nothing is changed",
    ({ params, body }, { client }) => client.changePluginSettings(params.id, body as SettingsChange),
  ),
  route("GET", "/api/agents", "agents", "Agents of the last runs, and all that remember something", async ({ query }, { client }) => ({
    agents: await client.agents(query.limit),
  })),
  route("GET", "/api/agents/:name", "agent", "An agent's runs, and what it remembers", ({ params, query }, { client }) =>
    client.agent(params.name, query.limit),
  ),
  route(
    "DELETE",
    "/api/agents/:name/memory",
    "forgetAgent",
    "Have an agent forget all it remembers, or one episode",
    async ({ params, query }, { client }) => ({ forgotten: await client.forgetAgent(params.name, query.episode) }),
  ),
  route("GET", "/api/tools", "tools", "Tools agents could be given, and whether they are allowed", async (_, { client }) => ({ tools: await client.tools() })),
  route("GET", "/api/models", "models", "Models: connected, found or embedded", async ({ query }, { client }) => ({
    models: await client.models(query.refresh),
  })),
  route("GET", "/api/hooks", "hooks", "The names of all hooks", async (_, { client }) => ({ hooks: await client.hooks() })),
  route("GET", "/api/hooks/:name", "hook", "Who taps a hook, in which order, and why", async ({ params }, { client }) => {
    const hooks = await client.hooks();
    if (!hooks.includes(params.name)) throw new OrreryError("HOOK_UNKNOWN", `there is no hook "${params.name}"`, { todo: "GET /api/hooks lists them." });
    return client.explain(params.name);
  }),
  route("GET", "/api/openapi.json", "openapi", "This description", async () => (await import("./openapi.ts")).openApi(version, routes)),
];
