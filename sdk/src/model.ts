import { z } from "zod";
import { json } from "./json.ts";
import { origin, step, usage, view } from "./step.ts";
import { toolRequest, toolSpec } from "./tool.ts";

/** A model that could answer, as its provider describes it. */
export const modelInfo = z.object({
  /** `provider/model`. */
  id: z.string().regex(/^[a-z0-9-]+\/.+$/, "provider/model"),
  provider: z.string(),
  label: z.string(),
  /** `extractive` engines select and arrange sentences; they cannot invent prose. */
  kind: z.enum(["generative", "extractive"]),
  /** In-process or on loopback: nothing leaves the machine. */
  local: z.boolean(),
  /** Whether a call costs money. */
  paid: z.boolean(),
  state: z.enum(["embedded", "connected", "found", "needs-download", "unreachable"]),
  contextTokens: z.int().positive().optional(),
  /** US dollars a million tokens, where the catalogue knows; for people. */
  price: z.object({ inputUsdPerMTok: z.number(), outputUsdPerMTok: z.number() }).optional(),
  /** Where it comes from: "OPENAI_API_KEY", "Ollama on 127.0.0.1:11434", "built in". */
  source: z.string(),
  note: z.string().optional(),
});
export type ModelInfo = z.infer<typeof modelInfo>;

export const message = z.object({
  /** `tool`: what came of a call that an answer before it asked for. */
  role: z.enum(["user", "assistant", "tool"]),
  content: z.string(),
  /** Of an answer: the calls it asks for. */
  toolCalls: z.array(toolRequest).optional(),
  /** Of a `tool` message: the call it is about. */
  call: z.object({ id: z.string(), tool: z.string(), ok: z.boolean() }).optional(),
});
export type Message = z.infer<typeof message>;

/** One call of a model. An LLM reads `system` and `messages`; an engine with built-in skills reads `skill`, `view` and `collection`. */
export const modelRequest = z.object({
  id: z.string(),
  origin,
  model: z.string(),
  skill: z.string(),
  system: z.string(),
  messages: z.array(message).min(1),
  view,
  collection: z.string().optional(),
  /** What the model may call. A provider whose model cannot call tools leaves them out. */
  tools: z.array(toolSpec.pick({ name: true, description: true, input: true })).optional(),
  maxOutputTokens: z.int().positive(),
  temperature: z.number().min(0).max(2).optional(),
  seed: z.int().optional(),
});
export type ModelRequest = z.infer<typeof modelRequest>;

export const modelResponse = z.object({
  model: z.string(),
  text: z.string(),
  data: json.optional(),
  /** Calls it wants to see the results of before it goes on. */
  toolCalls: z.array(toolRequest).optional(),
  usage,
  finish: z.enum(["stop", "length", "refused", "other"]),
  /** The provider's own usage body and its name there, for the price catalogue. */
  billed: z.object({ provider: z.string(), model: z.string(), body: json }).optional(),
});
export type ModelResponse = z.infer<typeof modelResponse>;

/** Codes of a provider's errors that vouch for one thing: the call that failed so was not billed. */
export const unbilledFailures: readonly string[] = [
  "MODEL_UNANSWERED",
  "MODEL_AUTH",
  "MODEL_QUOTA",
  "MODEL_RATE_LIMITED",
  "MODEL_UNREACHABLE",
  "MODEL_UNKNOWN",
  "MODEL_CONTEXT_TOO_LONG",
  "MODEL_REQUEST_REFUSED",
  "EGRESS_DENIED",
  "EGRESS_FAILED",
  "CREDENTIAL_MISSING",
];

/** A piece of streamed output. Never journalled. */
export const modelDelta = z.object({ run: z.string(), step: z.string(), agent: z.string(), text: z.string() });
export type ModelDelta = z.infer<typeof modelDelta>;

/** What `task.route` is asked: this step, these models, this much money left. */
export const routeQuery = z.object({ step, models: z.array(modelInfo), preferred: z.string().optional(), remainingNano: z.int() });
export type RouteQuery = z.infer<typeof routeQuery>;

export const route = z.object({
  model: z.string(),
  maxOutputTokens: z.int().positive(),
  /** One sentence a person understands. */
  why: z.string(),
  considered: z.array(z.object({ model: z.string(), why: z.string() })),
});
export type Route = z.infer<typeof route>;
