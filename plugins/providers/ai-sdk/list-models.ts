import type { Connection, Egress, ModelInfo } from "@orrery/sdk";
import { z } from "zod";
import { factsOf, listed, vendors } from "./catalogue.ts";
import { fetchOf, isOpenAi } from "./model-host.ts";

/** What hosts answer to `GET /models`: OpenAI's shape, or Ollama's own. */
const answer = z.union([
  z.object({ data: z.array(z.object({ id: z.string().min(1) })) }).transform(({ data }) => data.map(({ id }) => id)),
  z.object({ models: z.array(z.object({ name: z.string().min(1) })) }).transform(({ models }) => models.map(({ name }) => name)),
]);
/** Model programs that run on a machine of one's own and bill nobody. */
const ownMachines = ["ollama", "lmstudio"];
/** By its name, a model that does not answer in text. */
const notForText = /embed|bge-|rerank|whisper|tts|^dall-e|moderation/i;
/** A model that Ollama passes on to its makers' servers. */
const passedOn = /[-:]cloud$/;

type Discovered = { ids: string[] } | "unreachable" | "silent";

/** The models of one connection. `unreachable`: nobody answered; `silent`: somebody did, without a list. */
export async function discover(connection: Connection, egress: Egress, signal: AbortSignal): Promise<Discovered> {
  if (!connection.baseUrl) return "silent";
  try {
    const response = await fetchOf(connection, egress)(`${connection.baseUrl.replace(/\/+$/, "")}/models`, { headers: { accept: "application/json" }, signal });
    if (!response.ok) {
      await response.body?.cancel();
      return "silent";
    }
    const parsed = answer.safeParse(await response.json().catch(() => undefined));
    return parsed.success ? { ids: parsed.data } : "silent";
  } catch {
    return "unreachable";
  }
}

/** Asks a custom or local host what it has; a vendor's models are read off the catalogue, without asking anybody. */
export async function modelsOf(connection: Connection, egress: Egress, signal: AbortSignal): Promise<ModelInfo[]> {
  const { provider } = connection;
  const catalogued = provider in vendors;
  const asks = connection.baseUrl !== undefined && !isOpenAi(connection) && (provider === "openai" || !catalogued);
  const found = connection.models ? { ids: connection.models } : asks ? await discover(connection, egress, signal) : "silent";
  const ids = typeof found === "object" ? found.ids.filter((id) => !notForText.test(id)) : await listed(provider);
  return Promise.all([...new Set(ids)].map((id) => describe(connection, id, found === "unreachable" ? "unreachable" : undefined)));
}

async function describe(connection: Connection, id: string, state: "unreachable" | undefined): Promise<ModelInfo> {
  const { provider, source, local, credential } = connection;
  const { label, price, contextTokens } = await factsOf(provider, id);
  const elsewhere = provider === "ollama" && passedOn.test(id);
  // A key means that somebody bills; so does a vendor's price, even behind a proxy on this machine. Without either there is nobody to bill.
  const paid = elsewhere || (!ownMachines.includes(provider) && (credential !== undefined || price !== undefined));
  const title = vendors[provider]?.title;
  return {
    id: `${provider}/${id}`,
    provider,
    label: label ?? (title ? `${title} ${id}` : `${provider}/${id}`),
    kind: "generative",
    local: local && !paid,
    paid,
    state: state ?? (source.startsWith("found") ? "found" : "connected"),
    ...(contextTokens ? { contextTokens } : {}),
    ...(paid && price ? { price } : {}),
    source,
    ...(elsewhere ? { note: "Ollama passes this model on to its own servers." } : {}),
  };
}
