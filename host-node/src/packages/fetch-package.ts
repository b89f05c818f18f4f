import { lookup } from "node:dns";
import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { OrreryError } from "@orrery/sdk";
import { packageLimits } from "@orrery/sdk/package";

const mostRedirects = 5;
const patienceMs = 60_000;

const inside = new BlockList();
for (const [net, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const)
  inside.addSubnet(net, bits, "ipv4");
for (const [net, bits] of [
  ["::", 127],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const)
  inside.addSubnet(net, bits, "ipv6");

/** Whether an address belongs to this machine or the networks around it, in whatever notation; also an IPv4 address inside an IPv6 one. */
export function isInside(address: string): boolean {
  const family = isIP(address);
  return family === 0 || inside.check(address, family === 6 ? "ipv6" : "ipv4");
}

const refused = (why: string): OrreryError =>
  new OrreryError("PACKAGE_URL_REFUSED", `the package was not fetched: ${why}`, {
    todo: "Give an https address, or fetch the file yourself and install it from there.",
    refusal: true,
  });
const failed = (host: string, why: string, cause?: unknown): OrreryError =>
  new OrreryError("PACKAGE_URL_FAILED", `the package could not be fetched from ${host}: ${why}`, {
    todo: "Check the address and the connection, and try again.",
    refusal: true,
    ...(cause === undefined ? {} : { cause }),
  });

/**
 * Fetches a package: https, or http from this machine; at most 5 MB and five redirects, none of which leads from outside to this machine or its network.
 * Throws PACKAGE_URL_REFUSED, PACKAGE_URL_FAILED, PACKAGE_TOO_LARGE.
 */
export async function fetchPackage(address: string): Promise<Uint8Array> {
  const first = parse(address);
  const atHome = isLoopback(first.hostname);
  let url = first;
  for (let hop = 0; hop <= mostRedirects; hop += 1) {
    if (url.protocol === "http:" && !(atHome && isLoopback(url.hostname))) throw refused(`${url.origin} is not https`);
    const answer = await get(url, hop > 0 && !atHome);
    const { statusCode = 0, headers } = answer;
    if (statusCode === 200) return body(answer, url.host);
    answer.destroy();
    if (statusCode < 300 || statusCode > 399 || headers.location === undefined) throw failed(url.host, `it answered ${statusCode}`);
    url = parse(headers.location, url);
  }
  throw refused(`${first.host} redirected more than ${mostRedirects} times`);
}

function parse(address: string, base?: URL): URL {
  const url = URL.canParse(address, base) ? new URL(address, base) : undefined;
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:")) throw refused("that is no http or https address");
  if (url.username || url.password) throw refused("an address holds no credentials");
  return url;
}

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, "");
const isLoopback = (hostname: string): boolean => hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);

function get(url: URL, onlyOutside: boolean): Promise<IncomingMessage> {
  const host = bare(url.hostname);
  if (onlyOutside && isIP(host) !== 0 && isInside(host)) return Promise.reject(refused(`a redirect leads to ${host}, inside this network`));
  const request = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const options = {
      headers: { accept: "application/gzip, application/octet-stream" },
      signal: AbortSignal.timeout(patienceMs),
      ...(onlyOutside ? { lookup: outside } : {}),
    };
    request(url, options, resolve)
      .on("error", (cause: Error & { code?: string }) => reject(cause instanceof OrreryError ? cause : failed(url.host, cause.code ?? cause.message, cause)))
      .end();
  });
}

/** The address that is checked is the one that is connected to: a name cannot change its mind in between. */
const outside: LookupFunction = (hostname, options, done) =>
  lookup(hostname, { ...options, all: true }, (error, found) => {
    if (error) return done(error, []);
    const hit = found.find(({ address }) => isInside(address));
    if (hit) return done(refused(`a redirect leads to ${hostname}, which is ${hit.address}, inside this network`), []);
    const [first] = found;
    return options.all ? done(null, found) : done(null, first?.address ?? "", first?.family);
  });

async function body(answer: IncomingMessage, host: string): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of answer as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > packageLimits.packedBytes) break;
      parts.push(part);
    }
  } catch (cause) {
    throw failed(host, "the connection broke", cause);
  }
  if (size > packageLimits.packedBytes)
    throw new OrreryError("PACKAGE_TOO_LARGE", `what ${host} sends is larger than ${packageLimits.packedBytes} bytes`, {
      todo: "Check the address.",
      refusal: true,
    });
  return new Uint8Array(Buffer.concat(parts));
}
