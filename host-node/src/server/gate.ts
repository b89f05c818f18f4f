import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

export interface Refusal {
  status: 401 | 403 | 429;
  code: "HOST_REFUSED" | "ORIGIN_REFUSED" | "TOKEN_MISSING" | "TOKEN_WRONG" | "TOO_MANY_ATTEMPTS";
  message: string;
  do: string;
  retryAfterS?: number;
}
export interface Gate {
  /** Whom the request was addressed to and which page sent it: asked of every request, the page's own files included. */
  place(headers: IncomingHttpHeaders): Refusal | undefined;
  /** Whether it knows the token. `from` is the peer's address, for counting wrong tries. */
  token(given: string | undefined, from: string): Refusal | undefined;
}

const windowMs = 60_000;
const tries = 20;
const mostPeers = 10_000;

/**
 * Who may speak to the server. `hosts` are the values a Host header may have, lower case; an Origin must be `http://` or `https://` and one of them.
 * A page of another site cannot pass by DNS rebinding (its Host is wrong) or by a cross-site request (its Origin is).
 */
export function createGate({ token, hosts, now }: { token: string; hosts: () => ReadonlySet<string>; now: () => number }): Gate {
  const expected = digest(token);
  const wrong = new Map<string, { count: number; until: number }>();

  const count = (from: string): Refusal | undefined => {
    const at = now();
    if (wrong.size >= mostPeers) for (const [peer, { until }] of wrong) if (until <= at) wrong.delete(peer);
    // Whoever fills the table with addresses is one peer from then on.
    const peer = wrong.has(from) || wrong.size < mostPeers ? from : "everyone else";
    const before = wrong.get(peer);
    const record = before && before.until > at ? before : { count: 0, until: at + windowMs };
    record.count += 1;
    wrong.set(peer, record);
    if (record.count <= tries) return undefined;
    return {
      status: 429,
      code: "TOO_MANY_ATTEMPTS",
      message: "there were too many requests without the right token",
      do: "Wait a minute, then use the token `orrery serve` prints.",
      retryAfterS: Math.ceil((record.until - at) / 1_000),
    };
  };

  return {
    place({ host, origin }) {
      const known = hosts();
      if (host === undefined || !known.has(host.toLowerCase())) {
        return {
          status: 403,
          code: "HOST_REFUSED",
          message: "the server is not known by this name",
          do: "Use the address `orrery serve` prints, or add the name to the setting server.allowedHosts.",
        };
      }
      if (origin === undefined || origin === "") return undefined;
      const from = /^https?:\/\/(.+)$/.exec(origin.toLowerCase())?.[1];
      if (from !== undefined && known.has(from)) return undefined;
      return {
        status: 403,
        code: "ORIGIN_REFUSED",
        message: "requests from other sites' pages are not answered",
        do: "Open the page this server serves itself.",
      };
    },
    token(given, from) {
      if (given !== undefined && timingSafeEqual(digest(given), expected)) return undefined;
      return (
        count(from) ?? {
          status: 401,
          code: given === undefined ? "TOKEN_MISSING" : "TOKEN_WRONG",
          message: given === undefined ? "the request has no token" : "the token is not the right one",
          do: "Send the token `orrery serve` prints, as `Authorization: Bearer TOKEN`.",
        }
      );
    },
  };
}

export const bearer = (authorization: string | undefined): string | undefined => /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];

/** Host headers under which a server at this address and port may be spoken to. */
export function hostNames(address: string, port: number, further: readonly string[]): Set<string> {
  const loopback = ["127.0.0.1", "localhost", "[::1]"];
  const own = ["0.0.0.0", "::", "127.0.0.1", "::1", "localhost"].includes(address) ? loopback : [...loopback, address.includes(":") ? `[${address}]` : address];
  const named = [...own, ...further.filter((name) => !/:\d+$/.test(name))].map((name) => `${name}:${port}`);
  const all = [...named, ...further.filter((name) => /:\d+$/.test(name)), ...(port === 80 || port === 443 ? [...own, ...further] : [])];
  return new Set(all.map((name) => name.toLowerCase()));
}

// Equal lengths for the comparison, whatever was sent.
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
