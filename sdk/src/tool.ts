import { z } from "zod";
import { json } from "./json.ts";
import { sha256Hex } from "./sha256.ts";
import { origin } from "./step.ts";

/** What a call can do beyond answering: `writes` the run's own files, reaches the `network`, or another `program`. */
export const toolEffect = z.enum(["writes", "network", "program"]);
export type ToolEffect = z.infer<typeof toolEffect>;

/** A tool as a model is shown it and as a person is told what it may do. */
export const toolSpec = z.object({
  /** `fetch`, `files.read`, `mcp.server.tool`: the parts before a dot name a group. */
  name: z.string().regex(/^[a-z][\w-]*(\.[\w.-]+)?$/),
  description: z.string(),
  /** JSON Schema of the input. */
  input: z.record(z.string(), json),
  /** Empty: it reads what the run was given, and no more. */
  effects: z.array(toolEffect),
  /** Doing it twice is doing it once: a call that broke off may be made again. */
  idempotent: z.boolean(),
});
export type ToolSpec = z.infer<typeof toolSpec>;

/** A call that a model asked for. */
export const toolRequest = z.object({
  /** The model's own name for the call; its result comes back under it. */
  id: z.string(),
  tool: z.string(),
  input: json,
  /** What the provider wants to see again with the result; nobody else reads it. */
  opaque: json.optional(),
});
export type ToolRequest = z.infer<typeof toolRequest>;

/** One call of a tool, as `tool.guard` and `tool.call` see it. */
export const toolCall = z.object({
  /** Idempotency key: the same on resume, and of no other call. */
  id: z.string(),
  origin,
  tool: z.string(),
  input: json,
  /** What the team file names for this agent. */
  named: z.array(z.string()),
  effects: z.array(toolEffect),
  collection: z.string().optional(),
  /** The step may be answered on this machine only: nothing may leave it. */
  localOnly: z.boolean(),
});
export type ToolCall = z.infer<typeof toolCall>;

export const toolResult = z.object({
  ok: z.boolean(),
  /** What the model is told. When not `ok`: `{code, message}`. */
  output: json,
  /** Files of the run it made, by version. The record holds their content by `sha256`, as `Workspace.write` gives it. */
  files: z.array(z.object({ name: z.string(), mediaType: z.string(), bytes: z.int(), version: z.int().positive(), sha256: sha256Hex.optional() })).optional(),
});
export type ToolResult = z.infer<typeof toolResult>;

/** Whether a name in a team file or a setting means this tool: its name, or a group it is in (`files`, `mcp.server`, `mcp.server.*`). */
export const meansTool = (name: string, tool: string): boolean => {
  const group = name.replace(/\.?\*$/, "");
  return name === "*" || tool === group || tool.startsWith(`${group}.`);
};
