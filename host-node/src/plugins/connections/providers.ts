/** How a provider is reached and how its key is sent. A name that is not here is an OpenAI-compatible host. */
export interface ProviderAccess {
  readonly baseUrl: string | undefined;
  readonly header: (key: string) => [name: string, value: string];
  /** Environment variables that hold its key and its address. */
  readonly keyVariable?: string;
  readonly urlVariable?: string;
  readonly title: string;
  /** Runs on this machine and needs no key. */
  readonly local?: { readonly probe: string; readonly modelsAt: readonly [list: string, name: string] };
}

const bearer = (key: string): [string, string] => ["authorization", `Bearer ${key}`];

export const providers: Readonly<Record<string, ProviderAccess>> = {
  openai: { title: "OpenAI", baseUrl: "https://api.openai.com/v1", header: bearer, keyVariable: "OPENAI_API_KEY", urlVariable: "OPENAI_BASE_URL" },
  anthropic: {
    title: "Anthropic",
    baseUrl: "https://api.anthropic.com/v1",
    header: (key) => ["x-api-key", key],
    keyVariable: "ANTHROPIC_API_KEY",
    urlVariable: "ANTHROPIC_BASE_URL",
  },
  google: {
    title: "Google",
    baseUrl: "https://generativelanguage.googleapis.com/v1beta",
    header: (key) => ["x-goog-api-key", key],
    keyVariable: "GOOGLE_GENERATIVE_AI_API_KEY",
    urlVariable: "GOOGLE_GENERATIVE_AI_BASE_URL",
  },
  ollama: {
    title: "Ollama",
    baseUrl: "http://127.0.0.1:11434/v1",
    header: bearer,
    urlVariable: "OLLAMA_BASE_URL",
    local: { probe: "/api/tags", modelsAt: ["models", "name"] },
  },
  lmstudio: {
    title: "LM Studio",
    baseUrl: "http://127.0.0.1:1234/v1",
    header: bearer,
    urlVariable: "LMSTUDIO_BASE_URL",
    local: { probe: "/v1/models", modelsAt: ["data", "id"] },
  },
};

export const accessOf = (provider: string): ProviderAccess =>
  (Object.hasOwn(providers, provider) ? providers[provider] : undefined) ?? { title: provider, baseUrl: undefined, header: bearer };

/** True for an address on this machine. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
