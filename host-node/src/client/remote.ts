import { OrreryError } from "@orrery/sdk";
import type { Home } from "../home.ts";
import { accessToken } from "../server/access-token.ts";
import { readServer } from "../server/server-address.ts";

/** Asks the server of this data folder; undefined when none answers. Throws what the server answers with. */
export async function askServer<T>(home: Home, method: "GET" | "POST" | "PATCH", path: string, body?: object): Promise<T | undefined> {
  const server = readServer(home.server);
  if (!server) return undefined;
  let response: Response;
  try {
    response = await fetch(`${server.origin}${path}`, {
      method,
      headers: { authorization: `Bearer ${accessToken(home.token)}`, accept: "application/json", ...(body ? { "content-type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(30_000),
    });
  } catch {
    // It was killed and could not say that it went.
    return undefined;
  }
  const answer = (await response.json()) as { error?: { code: string; message: string; do?: string } };
  if (response.ok) return answer as T;
  const { code = "SERVER_ERROR", message = `the server at ${server.origin} answered ${response.status}`, do: todo } = answer.error ?? {};
  throw new OrreryError(code, message, todo ? { todo } : {});
}
