import type { Connection } from "@orrery/sdk";
import { providers } from "./providers.ts";

/** Asks the known ports of this machine for local model servers. None is required; none is waited for longer than `timeoutMs`. */
export async function discoverLocal(timeoutMs: number, fetcher: typeof fetch = fetch): Promise<Connection[]> {
  const found = await Promise.all(
    Object.entries(providers).map(async ([provider, { local, baseUrl }]): Promise<Connection | undefined> => {
      if (!local || !baseUrl) return undefined;
      const { origin, host } = new URL(baseUrl);
      const models = await modelsAt(new URL(local.probe, origin), local.modelsAt, timeoutMs, fetcher);
      return models && { provider, baseUrl, source: `found on ${host}`, local: true, models };
    }),
  );
  return found.filter((connection) => connection !== undefined);
}

async function modelsAt(url: URL, [list, name]: readonly [string, string], timeoutMs: number, fetcher: typeof fetch): Promise<string[] | undefined> {
  try {
    const response = await fetcher(url, { signal: AbortSignal.timeout(timeoutMs), redirect: "error" });
    if (!response.ok) return undefined;
    const body = (await response.json()) as Record<string, unknown> | null;
    const items = body?.[list];
    if (!Array.isArray(items)) return undefined;
    return items.map((item: Record<string, unknown> | null) => item?.[name]).filter((id) => typeof id === "string");
  } catch {
    // Nothing there, or nothing that answers like a model server: the usual case.
    return undefined;
  }
}
