import type { AddressInfo } from "node:net";
import { type Log, OrreryError } from "@orrery/sdk";
import fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import type { Host } from "../boot.ts";
import type { HostClient } from "../client/host-client.ts";
import type { z } from "zod";
import { version } from "../version.ts";
import { answerOf } from "./answer-error.ts";
import { bearer, createGate, type Gate, hostNames, type Refusal } from "./gate.ts";
import { tooDeep } from "./json-depth.ts";
import { findPage, securityHeaders, sendPage } from "./page.ts";
import { type Checked, type Route, routes } from "./routes.ts";
import { wordsOf } from "./issue-words.ts";
import type { RouteSchema } from "./schemas.ts";
import { acceptSockets } from "./socket.ts";

/** What stands behind the server once it has started. */
export interface Backend {
  host: Host;
  client: HostClient;
}
export interface ServerOptions {
  token: string;
  /** The server listens before its kernel is there; requests that need it wait. */
  backend: Promise<Backend>;
  address: string;
  port: number;
  allowedHosts?: readonly string[];
  /** The folder of the built page; found by itself when absent. */
  page?: string | undefined;
  log: Pick<Log, "warn" | "error">;
}
export interface RunningServer {
  /** As `http://127.0.0.1:4400`. */
  readonly origin: string;
  readonly port: number;
  /** The page's address, with the token where only the page sees it. */
  readonly url: string;
  close(): Promise<void>;
}

declare module "fastify" {
  interface FastifyContextConfig {
    auth?: "token" | "public";
  }
}

/** Listens, answers, and guards every route by Host, Origin and token. Throws PORT_IN_USE or ADDRESS_UNUSABLE. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  let names: ReadonlySet<string> = new Set();
  const gate = createGate({ token: options.token, hosts: () => names, now: () => Date.now() });
  let ready = false;
  options.backend.then(
    () => {
      ready = true;
    },
    () => {},
  );

  const app = fastify({
    logger: false,
    bodyLimit: 100_000,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: (error, _request, reply) => fail(reply, error),
  });
  guard(app, gate);
  parseJson(app);
  app.setErrorHandler((error, _request, reply) => {
    const { status } = fail(reply, error);
    if (status >= 500)
      options.log.error("a request failed", {
        code: String((error as { code?: unknown }).code ?? "INTERNAL"),
        message: error instanceof Error ? error.message : String(error),
      });
  });
  app.setNotFoundHandler((request, reply) => fail(reply, nothingAt(request.method, request.url.split("?", 1)[0] ?? "/")));

  app.get("/healthz", { config: { auth: "public" } }, async () => ({ status: "ok", ready, version }));
  for (const each of routes) addRoute(app, each, options.backend);
  let page = options.page === undefined ? findPage() : Promise.resolve(options.page);
  app.get("/*", { config: { auth: "public" } }, async (request, reply) => {
    const path = request.url.split("?", 1)[0] ?? "/";
    if (path.startsWith("/api/")) return fail(reply, nothingAt("GET", path)).reply;
    const root = await page;
    // It may have been built since.
    if (root === undefined) page = findPage();
    if (root === undefined) return reply.code(503).type("text/plain; charset=utf-8").send("The page is not built yet: npm run build\n");
    return (await sendPage(root, path, request, reply)) ?? fail(reply, nothingAt("GET", path)).reply;
  });
  const sockets = acceptSockets(app.server, gate, options.backend, options.log);

  try {
    await app.listen({ host: options.address, port: options.port });
  } catch (cause) {
    await app.close();
    throw unusable(options, cause);
  }
  const { port } = app.server.address() as AddressInfo;
  names = hostNames(options.address, port, options.allowedHosts ?? []);
  const shown =
    options.address === "0.0.0.0" || options.address === "::" ? "127.0.0.1" : options.address.includes(":") ? `[${options.address}]` : options.address;
  const origin = `http://${shown}:${port}`;
  return {
    origin,
    port,
    url: `${origin}/#token=${options.token}`,
    async close() {
      sockets.close();
      await app.close();
    },
  };
}

function guard(app: FastifyInstance, gate: Gate): void {
  app.addHook("onRoute", ({ config, url, method }) => {
    if (config?.auth === undefined)
      throw new OrreryError("ROUTE_WITHOUT_POLICY", `${String(method)} ${url} does not say who may use it`, { todo: "Give the route config.auth." });
  });
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(securityHeaders);
    // A route that is not there says so only to whoever may ask.
    const isPublic = request.routeOptions.config.auth === "public";
    const refusal = gate.place(request.headers) ?? (isPublic ? undefined : gate.token(bearer(request.headers.authorization), request.ip));
    if (!isPublic) reply.header("cache-control", "no-store");
    if (refusal) return refuse(reply, refusal);
  });
}

const nothingAt = (method: string, path: string) =>
  new OrreryError("ROUTE_UNKNOWN", `there is no ${method} ${path}`, { todo: "GET /api/openapi.json describes every route." });

function parseJson(app: FastifyInstance): void {
  app.removeContentTypeParser("text/plain");
  const parse = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (tooDeep(body as string))
      return done(new OrreryError("REQUEST_INVALID", "the request nests too deeply", { todo: "Send at most 64 levels." }) as never, undefined);
    // A POST without a body is one with nothing in it.
    if (body === "") return done(null, undefined);
    return parse(request, body as string, done);
  });
}

function addRoute(app: FastifyInstance, { method, url, auth, operation, bodyLimit, answer }: Route, backend: Promise<Backend>): void {
  app.route({
    method,
    url,
    config: { auth },
    ...(bodyLimit ? { bodyLimit } : {}),
    handler: async (request, reply) => {
      const [{ schemas }, { client }] = await Promise.all([import("./schemas.ts"), backend]);
      const schema: RouteSchema = schemas[operation];
      const checked = {
        params: await check(schema.params, request.params, "the address"),
        query: await check(schema.querystring, request.query, "the query"),
        body: await check(schema.body, request.body, "the body"),
      } as Checked;
      return answer(checked, { client, request, reply });
    },
  });
}

async function check(schema: z.ZodType | undefined, value: unknown, where: string): Promise<unknown> {
  if (!schema) return {};
  const parsed = schema.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  throw new OrreryError("REQUEST_INVALID", `${where} is not valid: ${await wordsOf(parsed.error)}`, {
    todo: "GET /api/openapi.json describes what the route takes.",
  });
}

function refuse(reply: FastifyReply, { status, retryAfterS, code, message, do: todo }: Refusal): FastifyReply {
  if (retryAfterS !== undefined) reply.header("retry-after", String(retryAfterS));
  if (status === 401) reply.header("www-authenticate", "Bearer");
  return reply.code(status).send({ error: { code, message, do: todo } });
}

function fail(reply: FastifyReply, error: unknown): { status: number; reply: FastifyReply } {
  const { status, failure } = answerOf(error);
  return { status, reply: reply.code(status).headers(securityHeaders).send({ error: failure }) };
}

function unusable({ address, port }: ServerOptions, cause: unknown): OrreryError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (code === "EADDRINUSE")
    return new OrreryError("PORT_IN_USE", `port ${port} on ${address} is taken`, {
      todo: "Stop what uses it, or choose another with --port (0 takes a free one).",
      cause,
    });
  return new OrreryError("ADDRESS_UNUSABLE", `the server cannot listen on ${address}:${port} (${code || "unknown"})`, {
    todo: "Choose another address with --host, or another port with --port.",
    cause,
  });
}
