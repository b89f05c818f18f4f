import { OrreryError } from "@orrery/sdk";
import { createEgress } from "../egress/egress.ts";
import { accessOf, isLoopback } from "./providers.ts";

/** Asks a model host for its list of models. Throws what is wrong with it; a host that has no such list but answers is fine. */
export async function tryConnection(provider: string, address: string, key: string | undefined, timeoutMs = 10_000): Promise<string[]> {
  const { title } = accessOf(provider);
  const egress = createEgress(
    { list: async () => [{ provider, baseUrl: address, source: "being tried", local: isLoopback(address), ...(key ? { credential: provider } : {}) }] },
    { key: () => (key ? { value: key, source: "being tried" } : undefined), remember: () => {}, forget: () => false },
  );
  const init = {
    headers: { accept: "application/json", ...(provider === "anthropic" ? { "anthropic-version": "2023-06-01" } : {}) },
    signal: AbortSignal.timeout(timeoutMs),
  };
  const response = await egress.fetch(`${address.replace(/\/$/, "")}/models`, init, key ? { credential: provider } : {}).catch((error: unknown) => {
    if (error instanceof OrreryError) throw error;
    throw new OrreryError("CONNECTION_FAILED", `${title} at ${address} did not answer within ${timeoutMs / 1000} s`, {
      todo: "Check the address and whether it is running; --no-test remembers it anyway.",
    });
  });
  if (response.status === 401 || response.status === 403) {
    throw new OrreryError("CREDENTIAL_REFUSED", `${title} refused the key (${response.status})`, { todo: "Check the key at the provider, and give it again." });
  }
  if (response.status >= 500)
    throw new OrreryError("CONNECTION_FAILED", `${title} answers, but with ${response.status}`, { todo: "Try again later; --no-test remembers it anyway." });
  return response.ok ? modelIds(await response.json().catch(() => undefined)) : [];
}

function modelIds(body: unknown): string[] {
  const { data, models } = (body ?? {}) as { data?: unknown; models?: unknown };
  const items = Array.isArray(data) ? data : Array.isArray(models) ? models : [];
  return items.flatMap((item: { id?: unknown; name?: unknown } | null) => {
    const id = item?.id ?? item?.name;
    return typeof id === "string" ? [id.replace(/^models\//, "")] : [];
  });
}
