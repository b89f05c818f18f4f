import type { LanguageModelV4 } from "@ai-sdk/provider";
import { type Connection, type Egress, OrreryError } from "@orrery/sdk";

/** Goes where the provider packages insist on a key. The real one is put in by the host, outside every plugin's reach. */
const placeholder = "kept-by-the-host";

/** Anthropic answers a page only if it says that it means it; the key is the person's own, and theirs to use there. */
const fromPages = { "anthropic-dangerous-direct-browser-access": "true" };

/** Every request of this connection goes through the host's egress, which knows the key. `onAnswer` hears when a host has begun to answer. */
export function fetchOf(connection: Connection, egress: Egress, onAnswer?: () => void): typeof fetch {
  const options = connection.credential === undefined ? undefined : { credential: connection.credential };
  return async (input, init) => {
    const response = await egress.fetch(input instanceof Request ? input.url : String(input), init ?? {}, options);
    if (response.ok) onAnswer?.();
    return response;
  };
}

/** The AI SDK's object for a model of this connection. Only the provider package it takes is loaded. */
export async function languageModel(connection: Connection, model: string, egress: Egress, onAnswer: () => void): Promise<LanguageModelV4> {
  const { provider, baseUrl } = connection;
  const common = { apiKey: placeholder, fetch: fetchOf(connection, egress, onAnswer) };
  if (provider === "anthropic")
    return (await import("@ai-sdk/anthropic")).createAnthropic({ ...common, headers: fromPages, ...(baseUrl ? { baseURL: baseUrl } : {}) })(model);
  if (provider === "google") return (await import("@ai-sdk/google")).createGoogle({ ...common, ...(baseUrl ? { baseURL: baseUrl } : {}) })(model);
  // Other hosts speak chat completions; `/responses` is OpenAI's own.
  if (isOpenAi(connection)) return (await import("@ai-sdk/openai")).createOpenAI(common)(model);
  if (!baseUrl)
    throw new OrreryError("CONNECTION_INVALID", `The connection "${provider}" has no address.`, {
      todo: `Connect it again with one: orrery connect ${provider} --url http://…/v1`,
    });
  const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
  return createOpenAICompatible({ name: provider, baseURL: baseUrl, includeUsage: true, fetch: common.fetch })(model);
}

export const isOpenAi = ({ provider, baseUrl }: Connection): boolean =>
  provider === "openai" && (baseUrl === undefined || new URL(baseUrl).host === "api.openai.com");
