/** Where a provider's API lives when a person names no other address. */
export const providerHosts: Readonly<Record<string, string>> = {
  openai: "https://api.openai.com/v1",
  anthropic: "https://api.anthropic.com/v1",
  google: "https://generativelanguage.googleapis.com/v1beta",
  ollama: "http://127.0.0.1:11434/v1",
  lmstudio: "http://127.0.0.1:1234/v1",
};

export const originOf = (provider: string, baseUrl: string | undefined): string | undefined => {
  const url = baseUrl ?? providerHosts[provider];
  return url && URL.canParse(url) ? new URL(url).origin : undefined;
};
