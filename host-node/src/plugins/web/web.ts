import { lookup as systemLookup } from "node:dns";
import { type IncomingMessage, request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { Readable } from "node:stream";
import { OrreryError, type Web } from "@orrery/sdk";
import { isPublic } from "./address.ts";

const mostRedirects = 5;
/** Headers that speak for somebody go to the origin they were meant for, and to no other. */
const personal = ["authorization", "cookie", "proxy-authorization", "x-api-key"];

export interface WebRules {
  /** `example.com`, `*.example.com`, `example.com:8443`, or `*` for every public host. Without a port: 80 and 443. */
  hosts: readonly string[];
  /** `127.0.0.1:4000`: reached although it is private, because the operator named it with its port. */
  named: readonly string[];
}
type Init = NonNullable<Parameters<Web["fetch"]>[1]>;

const denied = (url: URL, why: string): OrreryError =>
  new OrreryError("WEB_DENIED", `a request to ${url.host} was refused: ${why}`, {
    todo: "Allow the host in the setting tools.hosts, if it is to be reached.",
    refusal: true,
  });

/** `rulesFor` is asked at each request, with the run it is made for; `resolve` is the system's resolver, and a test brings its own. */
export function createWeb(rulesFor: (run?: string) => WebRules, resolve: typeof systemLookup = systemLookup): Web {
  /** Throws WEB_DENIED; says whether the operator named this very place. */
  const admit = ({ hosts, named }: WebRules, url: URL): boolean => {
    if (!/^https?:$/.test(url.protocol)) throw denied(url, `${url.protocol} is not http or https`);
    if (url.username || url.password) throw denied(url, "it carries a name or a password");
    const port = url.port || (url.protocol === "https:" ? "443" : "80");
    const host = bare(url.hostname);
    if (named.includes(`${url.hostname}:${port}`)) return true;
    if (!hosts.some((pattern) => fits(pattern, host, port))) throw denied(url, "the operator does not allow this host");
    // By its name, and not by what a resolver makes of it.
    if (/(^|\.)localhost$/.test(host)) throw denied(url, "it is this machine");
    if (isIP(host) !== 0 && !isPublic(host)) throw denied(url, `${host} is not a public address`);
    return false;
  };

  return {
    async fetch(address, init = {}) {
      if (!URL.canParse(address))
        throw new OrreryError("WEB_DENIED", "a request was refused: its address is no URL", { todo: "Write https://…", refusal: true });
      let url = new URL(address);
      let request = init;
      const rules = rulesFor(init.run);
      for (let hop = 0; hop <= mostRedirects; hop++) {
        const response = await send(url, request, admit(rules, url) ? undefined : pinned(url, resolve));
        const location = response.statusCode && response.statusCode >= 300 && response.statusCode < 400 ? response.headers.location : undefined;
        if (location === undefined || !URL.canParse(location, url)) return answerOf(response);
        response.destroy();
        const next = new URL(location, url);
        if (url.protocol === "https:" && next.protocol === "http:") throw denied(next, `${url.host} redirected there, from https to http`);
        if (next.origin !== url.origin) request = { ...request, headers: without(request.headers, personal) };
        // As browsers do: what was posted is not posted again somewhere else.
        if (response.statusCode === 303 || (request.method === "POST" && response.statusCode !== 307 && response.statusCode !== 308)) {
          const { body: _, ...rest } = request;
          request = { ...rest, method: "GET" };
        }
        url = next;
      }
      throw denied(url, "it redirected too often");
    },
  };
}

/** Looks a name up once, refuses it when any of its addresses is not public, and connects to what was found and to nothing else. */
const pinned =
  (url: URL, resolve: typeof systemLookup): LookupFunction =>
  (host, _options, done) => {
    resolve(host, { all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error || !first) return done(error ?? Object.assign(new Error("no address"), { code: "ENOTFOUND" }), "", 0);
      const inside = addresses.find(({ address }) => !isPublic(address));
      if (inside) return done(denied(url, `it is at ${inside.address}, which is not a public address`), "", 0);
      done(null, addresses as never, first.family);
    });
  };

function send(url: URL, { method = "GET", headers = {}, body, signal }: Init, lookup: LookupFunction | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const make = url.protocol === "https:" ? tlsRequest : plainRequest;
    // A connection of its own each time: one from a pool was looked up at another time. Nothing packed: nothing unpacks to more than was counted.
    const request = make(url, {
      method,
      headers: { ...without(headers, ["host", "content-length", "accept-encoding"]), "accept-encoding": "identity" },
      agent: false,
      ...(lookup ? { lookup, autoSelectFamily: true } : {}),
      ...(signal ? { signal } : {}),
    });
    request.once("response", resolve);
    request.once("error", (error: NodeJS.ErrnoException) => {
      if (error instanceof OrreryError || signal?.aborted) return reject(error);
      reject(
        new OrreryError("WEB_FAILED", `${url.host} was not reached (${error.code ?? error.message})`, {
          todo: "Check the address, and that it is up.",
          refusal: true,
        }),
      );
    });
    request.end(body);
  });
}

function answerOf(message: IncomingMessage): Response {
  const headers = new Headers();
  for (let i = 0; i < message.rawHeaders.length; i += 2) headers.append(message.rawHeaders[i] ?? "", message.rawHeaders[i + 1] ?? "");
  const status = message.statusCode ?? 502;
  const empty = status === 204 || status === 205 || status === 304;
  if (empty) message.resume();
  return new Response(empty ? null : (Readable.toWeb(message) as ReadableStream<Uint8Array>), { status: status < 200 ? 502 : status, headers });
}

function fits(pattern: string, host: string, port: string): boolean {
  const [, name = "", own] = /^(.*?)(?::(\d+))?$/.exec(pattern.toLowerCase()) ?? [];
  if (own === undefined ? port !== "80" && port !== "443" : port !== own) return false;
  return name === "*" || name === host || (name.startsWith("*.") && host.endsWith(name.slice(1)));
}

const bare = (hostname: string): string =>
  hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");
const without = (headers: Record<string, string> = {}, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name.toLowerCase())));
