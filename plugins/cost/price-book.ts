import { type ModelResponse, type NanoUsd, type Usage, usdToNano } from "@orrery/sdk";

/** US dollars a million tokens, as a person states them for a model no catalogue knows. */
export interface OwnPrice {
  inputUsdPerMTok: number;
  outputUsdPerMTok: number;
}
export interface Priced {
  nano: NanoUsd;
  /** Which price was applied to what, for the journal. */
  source: string;
}
type Catalogue = typeof import("@pydantic/genai-prices");
type Counts = Record<string, number | undefined>;

/** Extraction flavours tried on a usage body; embeddings, images and realtime sessions are none of ours. */
const flavours = ["default", "chat", "responses", "anthropic"];

/**
 * Prices by `provider/model` from genai-prices, which is loaded when the first price is asked for; a person's own prices come first.
 * Every answer is in whole nano-dollars, rounded up.
 */
export class PriceBook {
  readonly #own: () => Readonly<Record<string, OwnPrice>>;
  readonly #now: () => number;
  #loaded: Promise<Catalogue> | undefined;

  /** `own` is asked at each price. */
  constructor(own: () => Readonly<Record<string, OwnPrice>>, now: () => number) {
    this.#own = own;
    this.#now = now;
  }

  /** What so many plain tokens cost; undefined when nobody knows the model's price. */
  async price(model: string, inputTokens: number, outputTokens: number): Promise<NanoUsd | undefined> {
    return this.#nano(await this.#catalogue(), model, { input_tokens: inputTokens, output_tokens: outputTokens });
  }

  /** The most so many tokens can cost: as if each were of the dearest kind the model has (written to a cache, spent on reasoning). */
  async bound(model: string, inputTokens: number, outputTokens: number): Promise<NanoUsd | undefined> {
    const catalogue = await this.#catalogue();
    const plain = { input_tokens: inputTokens, output_tokens: outputTokens };
    const kinds: Counts[] = [
      plain,
      { ...plain, cache_write_tokens: inputTokens },
      { ...plain, output_reasoning_tokens: outputTokens },
      { ...plain, cache_write_tokens: inputTokens, output_reasoning_tokens: outputTokens },
    ];
    return kinds.reduce<NanoUsd | undefined>((most, counts) => {
      const nano = this.#nano(catalogue, model, counts);
      return nano === undefined ? most : Math.max(most ?? 0, nano);
    }, undefined);
  }

  /** What an answer cost, by the provider's own usage body where it came with one; undefined when it cannot be priced. */
  async billed(model: string, response: ModelResponse): Promise<Priced | undefined> {
    const catalogue = await this.#catalogue();
    if (this.#own()[model]) return this.#said(catalogue, model, countsOf(response.usage), "own price");
    if (response.billed) {
      const { provider, model: answered, body } = response.billed;
      const counts = extract(catalogue, provider, body);
      const named =
        counts &&
        (this.#said(catalogue, `${provider}/${answered}`, counts, "the provider's usage") ?? this.#said(catalogue, model, counts, "the provider's usage"));
      if (named) return named;
    }
    const { inputTokens, outputTokens } = response.usage;
    if (inputTokens === 0 && outputTokens === 0) return undefined;
    return this.#said(catalogue, model, countsOf(response.usage), "the tokens reported");
  }

  #said(catalogue: Catalogue, model: string, counts: Counts, basis: string): Priced | undefined {
    const nano = this.#nano(catalogue, model, counts);
    return nano === undefined ? undefined : { nano, source: `${this.#own()[model] ? "configured" : "genai-prices"} ${model}, ${basis}` };
  }

  #nano(catalogue: Catalogue, model: string, counts: Counts): NanoUsd | undefined {
    const own = this.#own()[model];
    if (own) return usdToNano(((counts["input_tokens"] ?? 0) * own.inputUsdPerMTok + (counts["output_tokens"] ?? 0) * own.outputUsdPerMTok) / 1e6);
    const slash = model.indexOf("/");
    if (slash < 1) return undefined;
    const provider = catalogue.findProvider({ providerId: model.slice(0, slash) });
    if (!provider) return undefined;
    try {
      const priced = catalogue.calcPrice(counts, model.slice(slash + 1), { provider, timestamp: new Date(this.#now()) });
      return priced ? usdToNano(priced.total_price) : undefined;
    } catch {
      // Counts that contradict one another (more cached than sent) have no price.
      return undefined;
    }
  }

  #catalogue(): Promise<Catalogue> {
    this.#loaded ??= import("@pydantic/genai-prices");
    return this.#loaded;
  }
}

const countsOf = ({ inputTokens, outputTokens, cachedInputTokens, reasoningTokens }: Usage): Counts => ({
  input_tokens: inputTokens,
  output_tokens: outputTokens,
  ...(cachedInputTokens ? { cache_read_tokens: cachedInputTokens } : {}),
  ...(reasoningTokens ? { output_reasoning_tokens: reasoningTokens } : {}),
});

/** The token counts in a provider's raw usage body, by genai-prices' own extraction: of the flavours that accept the body, the one that reads most of it. */
function extract(catalogue: Catalogue, providerId: string, body: unknown): Counts | undefined {
  const provider = catalogue.findProvider({ providerId });
  const known = provider?.extractors?.map(({ api_flavor }) => api_flavor) ?? [];
  if (!provider) return undefined;
  // The body is what the extractor's root points at; Google's root has another name.
  const response = { usage: body, usageMetadata: body };
  let best: Counts | undefined;
  for (const flavour of flavours) {
    if (!known.includes(flavour)) continue;
    try {
      const { usage } = catalogue.extractUsage(provider, response, flavour);
      if (!best || Object.keys(usage).length > Object.keys(best).length) best = usage;
    } catch {}
  }
  return best;
}
