import { type Connection, type Connections, type Egress, OrreryError } from "@orrery/sdk";
import { accessOf } from "../connections/providers.ts";
import type { Vault } from "../connections/vault.ts";

const credentialHeaders = ["authorization", "x-api-key", "x-goog-api-key", "api-key", "cookie", "proxy-authorization"];
const mostRedirects = 5;

const originOf = (connection: Connection): string | undefined => {
  const address = connection.baseUrl ?? accessOf(connection.provider).baseUrl;
  return address === undefined ? undefined : new URL(address).origin;
};

/**
 * The way out: only to the origins of known connections, with the key put in here.
 * A credential goes to its own connection's origin and to no other, whatever the caller names; what the caller put into credential headers is dropped.
 */
export function createEgress(connections: Connections, vault: Vault, fetcher: typeof fetch = fetch): Egress {
  const refused = (url: URL, why: string) =>
    new OrreryError("EGRESS_DENIED", `a request to ${url.origin} was refused: ${why}`, {
      todo: "Connect the model host first: orrery connect PROVIDER --url ADDRESS.",
    });

  const keyFor = (url: URL, credential: string | undefined, allowed: readonly Connection[]): [string, string] | undefined => {
    if (credential === undefined) return undefined;
    const owner = allowed.find((connection) => connection.credential === credential && originOf(connection) === url.origin);
    if (!owner) throw refused(url, `the credential "${credential}" belongs to another host`);
    const key = vault.key(owner.provider);
    if (!key) throw new OrreryError("CREDENTIAL_MISSING", `there is no key for ${owner.provider}`, { todo: `Run \`orrery connect ${owner.provider}\`.` });
    return accessOf(owner.provider).header(key.value);
  };

  return {
    async fetch(address, init, options = {}) {
      const known = await connections.list();
      let url = parse(address);
      let request = init;
      for (let hop = 0; hop <= mostRedirects; hop++) {
        const allowed = known.filter((connection) => originOf(connection) === url.origin);
        if (allowed.length === 0) throw refused(url, "no connection of that host is known");
        const headers = new Headers(request.headers);
        for (const name of credentialHeaders) headers.delete(name);
        const key = keyFor(url, options.credential, allowed);
        if (key) headers.set(...key);
        const response = await send(fetcher, url, { ...request, headers, redirect: "manual" });
        const location = response.status >= 300 && response.status < 400 ? response.headers.get("location") : null;
        if (location === null) return response;
        await response.body?.cancel();
        const next = new URL(location, url);
        if (next.origin !== url.origin) throw refused(next, `${url.origin} redirected there`);
        url = next;
        // As browsers do: a POST that was answered "look there" becomes a GET.
        if (response.status === 303) {
          const { body: _body, ...rest } = request;
          request = { ...rest, method: "GET" };
        }
      }
      throw refused(url, "it redirected too often");
    },
  };
}

function parse(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) {
    throw new OrreryError("EGRESS_DENIED", "a request was refused: its address is not a plain http(s) URL", {
      todo: "Use an address of a connected model host.",
    });
  }
  return url;
}

async function send(fetcher: typeof fetch, url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetcher(url, init);
  } catch (thrown) {
    if (init.signal?.aborted) throw thrown;
    const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
    const why = cause instanceof Error && "code" in cause ? String(cause.code) : "no answer";
    throw new OrreryError("EGRESS_FAILED", `${url.origin} could not be reached (${why})`, {
      todo: "Check that it is running and that its address is right; `orrery doctor` tries every connection.",
    });
  }
}
