import { definePlugin, meansTool, optional, Web } from "@orrery/sdk";
import { z } from "zod";
import type { Server } from "./server.ts";

const text = z.string().min(1).max(4_000);
const server = z.union([
  /** A program on this machine, spoken to over its standard input and output. It gets `env` and a few harmless variables, and nothing else of the host's. */
  z.strictObject({ command: text, args: z.array(z.string()).default([]), env: z.record(z.string(), z.string()).default({}), cwd: text.optional() }),
  /** A server on the network (Streamable HTTP). */
  z.strictObject({ url: z.url({ protocol: /^https?$/ }), headers: z.record(z.string(), z.string()).default({}) }),
]);
export type ServerConfig = z.infer<typeof server>;
const prefix = "mcp.";

/** Tools of MCP servers the operator named. What a server says of itself is text from a stranger; every call goes through the same guard as any other. */
export default definePlugin({
  manifest: {
    id: "orrery.tool.mcp",
    version: "0.1.0",
    api: "^1.0",
    title: "MCP tools",
    description: "Offers the tools of MCP servers the operator named, over stdio and Streamable HTTP.",
  },
  config: z
    .strictObject({
      servers: z
        .record(z.string().regex(/^[a-z][a-z0-9-]{0,31}$/), server)
        .default({})
        .meta({ writeOnly: true, description: "Further servers, by name, beside those of the setting tools.mcp" }),
      startMs: z.number().positive().default(15_000).describe("Milliseconds a server has to start and list its tools, and for one call"),
      callMs: z.number().positive().default(50_000),
    })
    .prefault({}),
  setup({ config, tap, when, own, log }) {
    const web = optional(when, Web);
    const servers = new Map<string, Promise<Server>>();
    /** Started when first asked for; one that failed or ended is started anew the next time. */
    const serverOf = (name: string, options: ServerConfig): Promise<Server> => {
      const known = servers.get(name);
      if (known) return known;
      const starting = import("./server.ts").then(({ connect }) =>
        connect(name, options, { web: web(), startMs: config.startMs, onEnd: () => servers.delete(name) }),
      );
      servers.set(name, starting);
      starting.catch(() => servers.delete(name));
      return starting;
    };
    own("MCP servers", async () => {
      await Promise.allSettled([...servers.values()].map(async (starting) => (await starting).close()));
    });

    tap("tool.list", async ({ named }) => {
      const wanted = Object.entries(config.servers).filter(([name]) => !named || named.some((each) => concerns(each, name)));
      const lists = wanted.map(async ([name, options]) => {
        try {
          return (await serverOf(name, options)).tools;
        } catch (error) {
          log.warn(`the MCP server "${name}" lists no tools`, { message: error instanceof Error ? error.message : String(error) });
          return [];
        }
      });
      return (await Promise.all(lists)).flat();
    });
    tap("tool.call", async ({ tool, input }, { signal }) => {
      const name = tool.startsWith(prefix) ? tool.slice(prefix.length).split(".", 1)[0] : undefined;
      const options = name === undefined ? undefined : config.servers[name];
      if (name === undefined || !options) return undefined;
      return (await serverOf(name, options)).call(tool, input, config.callMs, signal);
    });
  },
});

/** Whether a name in a team file can mean a tool of this server: all of it, or one of its tools. */
const concerns = (named: string, server: string): boolean => meansTool(named, `${prefix}${server}`) || named.startsWith(`${prefix}${server}.`);
