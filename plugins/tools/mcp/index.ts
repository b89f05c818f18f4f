import { canonicalJson, definePlugin, liveConfig, meansTool, optional, Web } from "@orrery/sdk";
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
  live: true,
  setup(context) {
    const { tap, when, own, log } = context;
    const configOf = liveConfig(context);
    const web = optional(when, Web);
    /** By name and by all it is started with: a run keeps to the server that was named when it began. */
    const servers = new Map<string, { readonly starting: Promise<Server>; readonly runs: Set<string> }>();
    /** Started when first asked for; one that failed or ended is started anew the next time. */
    const serverOf = (name: string, options: ServerConfig, run: string | undefined): Promise<Server> => {
      const key = keyOf(name, options);
      const known = servers.get(key);
      if (known && run !== undefined) known.runs.add(run);
      if (known) return known.starting;
      const gone = () => servers.delete(key);
      const starting = import("./server.ts").then(({ connect }) => connect(name, options, { web: web(), startMs: configOf(run).startMs, onEnd: gone }));
      servers.set(key, { starting, runs: new Set(run === undefined ? [] : [run]) });
      starting.catch(gone);
      return starting;
    };
    const close = async (all: readonly { readonly starting: Promise<Server> }[]): Promise<void> => {
      await Promise.allSettled(all.map(async ({ starting }) => (await starting).close()));
    };
    /** Those that are named no more, and that no run works with. */
    const tidy = (): void => {
      const named = new Set(Object.entries(configOf().servers).map(([name, options]) => keyOf(name, options)));
      const left = [...servers].filter(([key, { runs }]) => runs.size === 0 && !named.has(key));
      for (const [key] of left) servers.delete(key);
      void close(left.map(([, server]) => server));
    };
    own("MCP servers", () => close([...servers.values()]));

    tap("tool.list", async ({ run, named }) => {
      tidy();
      const wanted = Object.entries(configOf(run).servers).filter(([name]) => !named || named.some((each) => concerns(each, name)));
      const lists = wanted.map(async ([name, options]) => {
        try {
          return (await serverOf(name, options, run)).tools;
        } catch (error) {
          log.warn(`the MCP server "${name}" lists no tools`, { message: error instanceof Error ? error.message : String(error) });
          return [];
        }
      });
      return (await Promise.all(lists)).flat();
    });
    tap("tool.call", async ({ tool, input, origin: { run } }, { signal }) => {
      const name = tool.startsWith(prefix) ? tool.slice(prefix.length).split(".", 1)[0] : undefined;
      const { servers: there, callMs } = configOf(run);
      const options = name === undefined ? undefined : there[name];
      if (name === undefined || !options) return undefined;
      return (await serverOf(name, options, run)).call(tool, input, callMs, signal);
    });
    for (const end of ["task.finish", "task.fail"] as const)
      tap(
        end,
        ({ task: { run } }) => {
          for (const { runs } of servers.values()) runs.delete(run);
          tidy();
        },
        { phase: "observe" },
      );
  },
});

const keyOf = (name: string, options: ServerConfig): string => `${name} ${canonicalJson(options)}`;

/** Whether a name in a team file can mean a tool of this server: all of it, or one of its tools. */
const concerns = (named: string, server: string): boolean => meansTool(named, `${prefix}${server}`) || named.startsWith(`${prefix}${server}.`);
