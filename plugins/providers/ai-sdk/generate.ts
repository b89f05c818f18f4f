import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4FinishReason, LanguageModelV4ToolCall, LanguageModelV4Usage } from "@ai-sdk/provider";
import type { Json, ModelRequest, ModelResponse } from "@orrery/sdk";
import { badAnswer } from "./model-error.ts";
import { WireTools } from "./wire-tools.ts";

/** One answer of a model. `onText` hears each piece as it comes; without it the answer comes in one. */
export async function generate(
  model: LanguageModelV4,
  provider: string,
  request: ModelRequest,
  options: Pick<LanguageModelV4CallOptions, "reasoning"> & { signal: AbortSignal },
  onText: ((text: string) => void) | undefined,
): Promise<ModelResponse> {
  const wire = new WireTools(request, provider);
  const call: LanguageModelV4CallOptions = {
    prompt: [...(request.system ? [{ role: "system" as const, content: request.system }] : []), ...wire.messages()],
    ...wire.offer(),
    maxOutputTokens: request.maxOutputTokens,
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(request.seed === undefined ? {} : { seed: request.seed }),
    ...(options.reasoning ? { reasoning: options.reasoning } : {}),
    headers: { "Idempotency-Key": await idempotencyKey(request) },
    abortSignal: options.signal,
  };
  const made = onText ? await streamed(model, call, onText) : await whole(model, call);
  // A provider that breaks off has no finish of its own; half an answer is not one.
  if (made.finish === undefined || made.finish.unified === "interrupted" || made.finish.unified === "error")
    throw badAnswer(request.model, "it broke off before its end").error;
  return {
    model: request.model,
    text: made.text,
    ...wire.asked(made.toolCalls),
    usage: usageOf(made.usage),
    finish: finishOf(made.finish),
    ...(made.usage?.raw ? { billed: { provider, model: made.answered ?? model.modelId, body: plain(made.usage.raw) } } : {}),
  };
}

/**
 * The call's own key and what is asked, hashed: no name of a run or an agent goes out, the same call made again after a crash has the same key,
 * and one that asks something else has another.
 */
async function idempotencyKey({ id, model, system = "", messages, tools = [] }: ModelRequest): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify([id, model, system, messages, tools])));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

interface Made {
  text: string;
  toolCalls: LanguageModelV4ToolCall[];
  usage: LanguageModelV4Usage | undefined;
  finish: LanguageModelV4FinishReason | undefined;
  /** The model that answered, by the provider's word. */
  answered: string | undefined;
}

async function whole(model: LanguageModelV4, call: LanguageModelV4CallOptions): Promise<Made> {
  const { content, usage, finishReason, response } = await model.doGenerate(call);
  const text = content.map((part) => (part.type === "text" ? part.text : "")).join("");
  return { text, toolCalls: content.filter((part) => part.type === "tool-call"), usage, finish: finishReason, answered: response?.modelId };
}

async function streamed(model: LanguageModelV4, call: LanguageModelV4CallOptions, onText: (text: string) => void): Promise<Made> {
  const { stream } = await model.doStream(call);
  const made: Made = { text: "", toolCalls: [], usage: undefined, finish: undefined, answered: undefined };
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value: part } = await reader.read();
      if (done) return made;
      if (part.type === "text-delta") {
        made.text += part.delta;
        if (part.delta !== "") onText(part.delta);
      } else if (part.type === "tool-call") made.toolCalls.push(part);
      else if (part.type === "response-metadata") made.answered = part.modelId ?? made.answered;
      else if (part.type === "finish") Object.assign(made, { usage: part.usage, finish: part.finishReason });
      else if (part.type === "error") throw part.error;
    }
  } finally {
    // Whatever ended it, the connection is not left open.
    await reader.cancel().catch(() => undefined);
  }
}

const count = (tokens: number | undefined): number => (tokens !== undefined && Number.isFinite(tokens) ? Math.max(0, Math.round(tokens)) : 0);

function usageOf(usage: LanguageModelV4Usage | undefined): ModelResponse["usage"] {
  const cached = count(usage?.inputTokens.cacheRead);
  const reasoning = count(usage?.outputTokens.reasoning);
  return {
    inputTokens: count(usage?.inputTokens.total),
    outputTokens: count(usage?.outputTokens.total),
    ...(cached > 0 ? { cachedInputTokens: cached } : {}),
    ...(reasoning > 0 ? { reasoningTokens: reasoning } : {}),
  };
}

const finishOf = ({ unified }: LanguageModelV4FinishReason): ModelResponse["finish"] =>
  unified === "stop" || unified === "length" ? unified : unified === "content-filter" ? "refused" : "other";

/** Without the members that are undefined: plain JSON. */
const plain = (body: unknown): Json => JSON.parse(JSON.stringify(body)) as Json;
