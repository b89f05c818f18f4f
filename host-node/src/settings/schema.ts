import { json } from "@orrery/sdk";
import { z } from "zod";
import { logLevels } from "../log.ts";

const url = z.url({ protocol: /^https?$/, error: "an http(s) URL, as https://api.example.com/v1" });

const toolNames = z.array(z.string().min(1).max(200)).max(200);

/** A model host a person connected. Its key, if it needs one, is kept apart in `keys.json` under the same name. */
export const connectionSetting = z.object({
  /** openai, anthropic, google, ollama, lmstudio, or any name for an OpenAI-compatible host. */
  provider: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, "lower case letters, digits and dashes, beginning with a letter"),
  baseUrl: url.optional(),
  models: z.array(z.string().min(1)).optional(),
});
export type ConnectionSetting = z.infer<typeof connectionSetting>;

/**
 * Everything that can be set, with its default. Precedence: flag, environment, `config.json`, default.
 * Money is US dollars here and nano-dollars everywhere else.
 */
export const settings = z.strictObject({
  actor: z.string().min(1).max(200).default("me").describe("On whose behalf runs are made"),
  workspace: z.string().min(1).max(200).default("default").describe("What runs and memories belong to"),
  model: z
    .string()
    .regex(/^[a-z0-9-]+\/.+$/, "provider/model")
    .optional()
    .describe("The model every run asks for, as provider/model; asking for one agrees to pay for it up to the cap"),
  topology: z.string().min(1).optional().describe("The topology every run asks for"),
  agents: z.int().min(1).max(64).optional().describe("A team of at most this many agents"),
  spending: z
    .strictObject({
      capUsd: z.number().nonnegative().max(10_000).default(0.05).describe("Most a run may cost, in US dollars"),
      dayCapUsd: z.number().nonnegative().max(100_000).optional().describe("Most a day may cost, in US dollars"),
      plugins: z
        .record(z.string(), z.strictObject({ runUsd: z.number().nonnegative().default(0.01), dayUsd: z.number().nonnegative().default(0.1) }))
        .default({})
        .describe("What plugins may spend on questions of their own to models, by plugin id: at most, for one that was granted a budget when it was installed"),
      agreed: z.boolean().default(false).describe("Whether paid models were agreed to, once, after a forecast"),
    })
    .prefault({}),
  server: z
    .strictObject({
      host: z.string().min(1).default("127.0.0.1").describe("The address to listen on"),
      port: z.int().min(0).max(65_535).default(4400).describe("The port to listen on; 0 takes a free one"),
      allowedHosts: z.array(z.string()).default([]).describe("Further Host names the server answers to"),
    })
    .prefault({}),
  documents: z
    .strictObject({
      maxFiles: z.int().positive().default(5_000).describe("Most files read from the folders of one run"),
      maxFileBytes: z.int().positive().default(20_000_000).describe("Files above this are listed as skipped"),
      maxTotalBytes: z.int().positive().default(200_000_000).describe("Most bytes read for one run"),
    })
    .prefault({}),
  retention: z
    .strictObject({
      days: z.number().positive().max(36_500).optional().describe("A server that starts takes out runs that ended longer ago, with their files"),
      keep: z.int().nonnegative().max(1_000_000).optional().describe("… and those beyond the newest so many; with both, what is one and the other"),
      megabytes: z.number().nonnegative().max(1e9).optional().describe("… and, in any case, those beyond the newest that have room in so many million bytes"),
    })
    .prefault({}),
  tools: z
    .strictObject({
      allow: toolNames.optional().describe("Tools agents may call when their team names them; calculator, documents and files when absent"),
      ask: toolNames.default([]).describe("Tools a person is asked about at each call"),
      hosts: z
        .array(z.string().regex(/^(\*|(\*\.)?[a-z0-9.-]+)(:\d{1,5})?$/, "a host, as example.com, *.example.com or example.com:8443"))
        .max(1_000)
        .default([])
        .describe("Hosts that fetch may reach; * for every public one. Never this machine or its network"),
      mcp: z
        .record(z.string().regex(/^[a-z][a-z0-9-]{0,31}$/), json)
        .default({})
        .describe("MCP servers, by name: {command, args, env} or {url, headers}"),
      deny: toolNames.default([]).describe("Tools no agent may call"),
    })
    .prefault({}),
  discover: z.boolean().default(true).describe("Look for Ollama and LM Studio on this machine"),
  log: z.enum(logLevels).default("warn").describe("What is logged to stderr"),
  plugins: z.array(z.string().min(1)).default([]).describe("Files of further plugins to load, trusted as you trust any program you run"),
  sandboxed: z
    .array(z.strictObject({ file: z.string().min(1), grant: z.array(z.string().min(1)).default([]) }))
    .default([])
    .describe("Files of plugins to run in a sandbox, each with the capabilities it is granted of those it asks for"),
  disabled: z.array(z.string().min(1)).default([]).describe("Ids of plugins not to load"),
  connections: z.array(connectionSetting).default([]).describe("Model hosts that were connected"),
  pluginConfig: z.record(z.string(), json).default({}).describe("Settings of plugins, by plugin id"),
});
export type Settings = z.infer<typeof settings>;
