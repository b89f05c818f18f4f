import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import type { Connection } from "@orrery/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Vault } from "../connections/vault.ts";
import { createEgress } from "./egress.ts";

const secret = "sk-canary-4711";
const vault: Vault = {
  key: (provider) => (provider === "unkeyed" ? undefined : { value: `${secret}-${provider}`, source: "test" }),
  remember: () => {},
  forget: () => false,
};

interface Hit {
  url: string | undefined;
  method: string | undefined;
  headers: IncomingMessage["headers"];
}
let servers: Server[];
beforeEach(() => {
  servers = [];
});
afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => response.end("{}"),
): Promise<{ origin: string; hits: Hit[] }> {
  const hits: Hit[] = [];
  const server = createServer((request, response) => {
    hits.push({ url: request.url, method: request.method, headers: request.headers });
    request.resume();
    answer(request, response);
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, hits };
}
const egressTo = (...connections: Connection[]) => createEgress({ list: async () => connections }, vault);
const connection = (provider: string, origin: string): Connection => ({ provider, baseUrl: `${origin}/v1`, credential: provider, source: "test", local: true });

describe("egress", () => {
  it("puts the key in as each provider wants it, whatever the caller put there", async () => {
    const { origin, hits } = await listen();
    for (const [provider, header, value] of [
      ["openai", "authorization", `Bearer ${secret}-openai`],
      ["anthropic", "x-api-key", `${secret}-anthropic`],
      ["google", "x-goog-api-key", `${secret}-google`],
      ["mine", "authorization", `Bearer ${secret}-mine`],
    ] as const) {
      await egressTo(connection(provider, origin)).fetch(
        `${origin}/v1/x`,
        { headers: { authorization: "Bearer placeholder", "x-api-key": "placeholder", "x-goog-api-key": "placeholder" } },
        { credential: provider },
      );
      const seen = hits.at(-1)?.headers;
      expect(seen?.[header]).toBe(value);
      expect(JSON.stringify(seen)).not.toContain("placeholder");
    }
  });

  it("reaches no host but those of connections", async () => {
    const canary = await listen();
    const { origin } = await listen();
    const egress = egressTo(connection("openai", origin));
    const other = new URL(canary.origin);
    for (const address of [
      canary.origin,
      `http://localhost:${other.port}/`,
      `http://user:pass@${new URL(origin).host}/`,
      "file:///etc/passwd",
      "ftp://127.0.0.1/",
      "//127.0.0.1",
      "javascript:1",
      "",
      origin.replace("http:", "https:"),
    ]) {
      await expect(egress.fetch(address, {}), address).rejects.toMatchObject({ code: "EGRESS_DENIED" });
    }
    expect(canary.hits).toEqual([]);
  });

  it("gives a credential to its own host only", async () => {
    const [a, b] = [await listen(), await listen()];
    const egress = egressTo(connection("openai", a.origin), connection("anthropic", b.origin));
    await expect(egress.fetch(`${b.origin}/v1/x`, {}, { credential: "openai" })).rejects.toMatchObject({ code: "EGRESS_DENIED" });
    expect(b.hits).toEqual([]);
    await egress.fetch(`${b.origin}/v1/x`, {});
    expect(JSON.stringify(b.hits)).not.toContain(secret);
  });

  it("follows a redirect within the host and refuses one to another", async () => {
    const canary = await listen();
    const { origin, hits } = await listen((request, response) => {
      if (request.url === "/v1/away") response.writeHead(307, { location: `${canary.origin}/steal` }).end();
      else if (request.url === "/v1/moved") response.writeHead(308, { location: "/v1/here" }).end();
      else if (request.url === "/v1/round") response.writeHead(302, { location: "/v1/round" }).end();
      else response.end("here");
    });
    const egress = egressTo(connection("openai", origin));
    expect(await (await egress.fetch(`${origin}/v1/moved`, { method: "POST", body: "x" }, { credential: "openai" })).text()).toBe("here");
    expect(hits.at(-1)).toMatchObject({ url: "/v1/here", method: "POST", headers: { authorization: `Bearer ${secret}-openai` } });
    await expect(egress.fetch(`${origin}/v1/away`, {}, { credential: "openai" })).rejects.toMatchObject({ code: "EGRESS_DENIED" });
    await expect(egress.fetch(`${origin}/v1/round`, {})).rejects.toMatchObject({ code: "EGRESS_DENIED" });
    expect(canary.hits).toEqual([]);
  });

  it("names the host and never the key when it cannot be reached", async () => {
    const { origin } = await listen();
    servers[0]?.closeAllConnections();
    await new Promise((done) => servers[0]?.close(done));
    const error = await egressTo(connection("openai", origin))
      .fetch(`${origin}/v1/x?key=abc`, {}, { credential: "openai" })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "EGRESS_FAILED", message: expect.stringContaining(origin) });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(secret);
  });

  it("lets the caller's abort through as it is", async () => {
    const { origin } = await listen(() => {});
    const abort = new AbortController();
    const pending = egressTo(connection("openai", origin)).fetch(`${origin}/v1/x`, { signal: abort.signal });
    abort.abort();
    await expect(pending).rejects.toMatchObject({ name: "AbortError" });
  });

  it("says when the key has gone since", async () => {
    const { origin, hits } = await listen();
    await expect(egressTo(connection("unkeyed", origin)).fetch(`${origin}/v1`, {}, { credential: "unkeyed" })).rejects.toMatchObject({
      code: "CREDENTIAL_MISSING",
    });
    expect(hits).toEqual([]);
  });
});
