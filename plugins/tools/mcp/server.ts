import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { CfWorkerJsonSchemaValidator } from "@modelcontextprotocol/client/validators/cf-worker";
import { type Json, OrreryError, type ToolResult, type ToolSpec, toolSpec, type Web } from "@orrery/sdk";
import type { ServerConfig } from "./index.ts";
import { resultOf } from "./result.ts";

const mostTools = 100;
const longestSchema = 20_000;
const longestDescription = 1_000;

/** One server, connected. */
export interface Server {
  readonly tools: ToolSpec[];
  call(tool: string, input: Json, timeoutMs: number, signal: AbortSignal): Promise<ToolResult>;
  close(): Promise<void>;
}
interface Around {
  web: Web | undefined;
  startMs: number;
  onEnd(): void;
}

/** Connects, asks for the tools, and leaves out what is no tool we can offer. Throws MCP_UNAVAILABLE. */
export async function connect(name: string, options: ServerConfig, { web, startMs, onEnd }: Around): Promise<Server> {
  const client = new Client({ name: "orrery", version: "0.1.0" }, { jsonSchemaValidator: new CfWorkerJsonSchemaValidator() });
  client.onclose = onEnd;
  try {
    await client.connect(await transportOf(name, options, web), { timeout: startMs });
    const { tools } = await client.listTools(undefined, { timeout: startMs });
    const names = new Map<string, string>();
    const offered = tools.slice(0, mostTools).flatMap((tool) => {
      const spec = specOf(name, tool, "command" in options);
      if (!spec || names.has(spec.name)) return [];
      names.set(spec.name, tool.name);
      return [spec];
    });
    return {
      tools: offered,
      async call(tool, input, timeout, signal) {
        const known = names.get(tool);
        if (known === undefined) return { ok: false, output: { code: "TOOL_UNKNOWN", message: `the server "${name}" has no such tool` } };
        return resultOf(() => client.callTool({ name: known, arguments: input as Record<string, unknown> }, { timeout, signal }), name, timeout, signal);
      },
      close: () => client.close(),
    };
  } catch (cause) {
    await client.close().catch(() => undefined);
    throw new OrreryError(
      "MCP_UNAVAILABLE",
      `the MCP server "${name}" cannot be used: ${cause instanceof Error ? cause.message.slice(0, 300) : String(cause)}`,
      {
        todo: "Check its entry in the setting tools.mcp.",
        cause,
        refusal: true,
      },
    );
  }
}

async function transportOf(name: string, options: ServerConfig, web: Web | undefined) {
  if ("command" in options) {
    const { StdioClientTransport, getDefaultEnvironment } = await import("@modelcontextprotocol/client/stdio");
    const { command, args, env, cwd } = options;
    return new StdioClientTransport({ command, args, env: { ...getDefaultEnvironment(), ...env }, stderr: "ignore", ...(cwd ? { cwd } : {}) });
  }
  if (!web) throw new OrreryError("MCP_UNAVAILABLE", `the MCP server "${name}" is on the network, and this host has no way there`);
  const fetch = async (url: string | URL, init: RequestInit = {}): Promise<Response> =>
    web.fetch(String(url), {
      method: init.method ?? "GET",
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(init.body === undefined || init.body === null ? {} : { body: String(init.body) }),
      ...(init.signal ? { signal: init.signal } : {}),
    });
  return new StreamableHTTPClientTransport(new URL(options.url), { fetch, requestInit: { headers: options.headers } });
}

/** A server's tool as a model is shown it, marked as a stranger's; undefined for one whose name or schema cannot be offered. */
function specOf(server: string, tool: { name: string; description?: string | undefined; inputSchema: unknown }, program: boolean): ToolSpec | undefined {
  const said = (tool.description ?? tool.name).replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").slice(0, longestDescription);
  if (JSON.stringify(tool.inputSchema).length > longestSchema) return undefined;
  const { $schema: _, ...input } = tool.inputSchema as { [key: string]: Json };
  const spec = toolSpec.safeParse({
    name: `mcp.${server}.${tool.name}`,
    description: `[says the MCP server "${server}" of its own tool] ${said}`,
    input,
    effects: [program ? "program" : "network"],
    // Whatever it claims: a promise of a stranger's is none.
    idempotent: false,
  });
  return spec.success ? spec.data : undefined;
}
