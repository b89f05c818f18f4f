import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { routes } from "@orrery/host-node";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { accessToken } from "../../host-node/src/server/access-token.ts";
import { authorized, serveHere, token } from "./booted.ts";
import { cleanEnv, orrery, scratch } from "./support.ts";

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}
/** With `node:http`, because `fetch` chooses Host and Origin itself. */
function ask(port: number, method: string, path: string, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: "127.0.0.1", port, method, path, headers, setHost: headers["host"] === undefined, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    request.on("error", reject);
    request.end();
  });
}
const upgrade = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13", "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==" };

describe("the server", () => {
  it("refuses every route to strangers: wrong host, foreign page, page without an origin, no token, wrong token", async () => {
    const { server } = await serveHere({ preset: [] });
    const { port } = server;
    const own = { host: `127.0.0.1:${port}` };
    const all = [
      ...routes.map(({ method, url, auth }) => ({ method, url: url.replace(/:\w+/g, "x"), auth })),
      { method: "GET", url: "/healthz", auth: "public" },
      { method: "GET", url: "/", auth: "public" },
      { method: "GET", url: "/assets/x.js", auth: "public" },
      { method: "HEAD", url: "/api/runs", auth: "token" },
      { method: "OPTIONS", url: "/api/runs", auth: "token" },
      { method: "DELETE", url: "/api/runs/x", auth: "token" },
      { method: "POST", url: "/nowhere", auth: "token" },
    ];
    expect(all.length).toBeGreaterThan(routes.length);
    for (const { method, url, auth } of all) {
      const at = `${method} ${url}`;
      for (const strange of [
        { host: "evil.example" },
        { host: `evil.example:${port}` },
        { host: "127.0.0.1" },
        { ...own, origin: "http://evil.example" },
        { ...own, origin: "null" },
        { ...own, origin: `http://127.0.0.1:${port + 1}` },
      ]) {
        const answer = await ask(port, method, url, { ...strange, ...authorized });
        expect(answer.status, `${at} ${JSON.stringify(strange)}`).toBe(403);
      }
      const bare = await ask(port, method, url, own);
      if (auth === "token") expect([401, 429], at).toContain(bare.status);
      else expect([200, 404, 503], at).toContain(bare.status);
      expect(bare.headers["access-control-allow-origin"]).toBeUndefined();
      expect(bare.headers["content-security-policy"], at).toContain("default-src 'self'");
    }
  });

  it("refuses sockets to the same strangers, and answers its own page", async () => {
    const { server } = await serveHere({ preset: [] });
    const { port } = server;
    const own = { host: `127.0.0.1:${port}`, ...upgrade };
    const offered = { "sec-websocket-protocol": `orrery.v1, token.${token}` };
    for (const [strange, status] of [
      [{ ...own, ...offered, host: "evil.example" }, 403],
      [{ ...own, ...offered, origin: "http://evil.example" }, 403],
      [{ ...own, ...offered, origin: "null" }, 403],
      [own, 401],
      [{ ...own, "sec-websocket-protocol": "orrery.v1" }, 401],
      [{ ...own, "sec-websocket-protocol": "orrery.v1, token.wrong" }, 401],
      [{ ...own, "sec-websocket-protocol": `token.${token}` }, 401],
    ] as const) {
      expect((await ask(port, "GET", "/api/ws", strange)).status, JSON.stringify(strange)).toBe(status);
    }
    expect((await ask(port, "GET", "/elsewhere", { ...own, ...offered })).status).toBe(404);
    const socket = new WebSocket(`ws://127.0.0.1:${port}/api/ws`, ["orrery.v1", `token.${token}`], { origin: server.origin });
    await new Promise((done, fail) => socket.once("open", done).once("error", fail));
    // The token is not sent back.
    expect(socket.protocol).toBe("orrery.v1");
    socket.terminate();
  });

  it("slows down guessing, on this machine too, and still serves whoever has the token", async () => {
    const { server } = await serveHere({ preset: [] });
    const guess = () => fetch(`${server.origin}/api/runs`, { headers: { authorization: "Bearer guess" } });
    const statuses: number[] = [];
    for (let i = 0; i < 30; i++) statuses.push((await guess()).status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(20);
    expect(statuses.at(-1)).toBe(429);
    expect(Number((await guess()).headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await fetch(`${server.origin}/api/runs`, { headers: authorized })).status).toBe(200);
  });

  it("keeps no socket of a thousand that do not know the token, and at most so many that do", async () => {
    const { server } = await serveHere({ preset: [] });
    const strangers = await Promise.all(
      Array.from(
        { length: 1_000 },
        () =>
          new Promise<string>((resolve, reject) => {
            const socket = connect(server.port, "127.0.0.1", () => {
              socket.write(
                `GET /api/ws HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n${Object.entries(upgrade)
                  .map(([name, value]) => `${name}: ${value}\r\n`)
                  .join("")}\r\n`,
              );
            });
            let text = "";
            socket.setEncoding("utf8").on("data", (piece: string) => {
              text += piece;
            });
            socket.on("close", () => resolve(text.slice(9, 12))).on("error", reject);
          }),
      ),
    );
    expect(new Set(strangers)).toEqual(new Set(["401", "429"]));
    const opened = await Promise.all(
      Array.from({ length: 70 }, () => {
        const socket = new WebSocket(`ws://127.0.0.1:${server.port}/api/ws`, ["orrery.v1", `token.${token}`]);
        return new Promise<WebSocket | undefined>((done) => socket.once("open", () => done(socket)).once("error", () => done(undefined)));
      }),
    );
    expect(opened.filter(Boolean)).toHaveLength(64);
    for (const socket of opened) socket?.terminate();
  });

  it("takes hostile bodies for what they are", async () => {
    const { server } = await serveHere({ preset: [] });
    const post = async (body: string, headers: Record<string, string> = { "content-type": "application/json" }) => {
      const answer = await fetch(`${server.origin}/api/runs`, { method: "POST", body, headers: { ...authorized, ...headers } });
      const text = await answer.text();
      expect(text).not.toMatch(/at \w+ \(|node_modules|\/src\//);
      return { status: answer.status, error: (JSON.parse(text) as { error?: { code: string } }).error };
    };
    for (const [body, status] of [
      ["{", 400],
      ["null", 400],
      ["[]", 400],
      ['{"task": 3}', 400],
      ['{"task": "x", "__proto__": {"model": "a/b"}}', 400],
      ['{"task": "x", "constructor": {"prototype": {"a": 1}}}', 400],
      [`{"task": "x", "team": ${"[".repeat(100_000)}`, 400],
      [`{"task": "x", "documents": [{"path": "../../etc/passwd", "text": "x"}]}`, 400],
      [`{"task": "x", "documents": [{"path": "/etc/passwd", "text": "x"}]}`, 400],
      [`{"task": "x", "budget": -1}`, 400],
      [`{"task": "x", "budget": 1e999}`, 400],
    ] as const) {
      const answer = await post(body);
      expect(answer.status, body.slice(0, 80)).toBe(status);
      expect(answer.error?.code, body.slice(0, 80)).toBeTruthy();
    }
    expect((await post("task=x", { "content-type": "text/plain" })).status).toBe(415);
    expect(
      (
        await fetch(`${server.origin}/api/runs/x/cancel`, {
          method: "POST",
          body: JSON.stringify({ padding: "x".repeat(200_000) }),
          headers: { ...authorized, "content-type": "application/json" },
        })
      ).status,
    ).toBe(413);
    expect((await fetch(`${server.origin}/api/runs/${"x".repeat(500)}`, { headers: authorized })).status).toBe(404);
  });

  it("serves the page's files and nothing beside them", async () => {
    const page = join(scratch("page"), "page");
    mkdirSync(join(page, "assets"), { recursive: true });
    writeFileSync(join(page, "index.html"), "<!doctype html><title>page</title>");
    writeFileSync(join(page, "assets", "index-abcd1234.js"), "1");
    writeFileSync(join(page, "..", "orrery-outside.txt"), "kept from strangers");
    const { server } = await serveHere({ preset: [], page });
    const get = (path: string) => ask(server.port, "GET", path, { host: `127.0.0.1:${server.port}` });
    expect(await get("/")).toMatchObject({ status: 200, body: expect.stringContaining("page") });
    const asset = await get("/assets/index-abcd1234.js");
    expect([asset.status, asset.headers["cache-control"], asset.headers["content-type"]]).toEqual([
      200,
      expect.stringContaining("immutable"),
      expect.stringContaining("javascript"),
    ]);
    for (const path of [
      "/../orrery-outside.txt",
      "/%2e%2e/orrery-outside.txt",
      "/..%2forrery-outside.txt",
      "/assets/..%5c..%5correry-outside.txt",
      "//etc/passwd",
      "/%00",
      "/.env",
      "/assets/",
    ]) {
      const answer = await get(path);
      expect([400, 403, 404], path).toContain(answer.status);
      expect(answer.body).not.toContain("kept from strangers");
    }
  });

  it("makes one token, keeps it for its owner alone, and prints it only in the page's address", async () => {
    const home = scratch("token");
    const file = join(home, "token");
    const made = accessToken(file);
    expect(made).toMatch(/^[\w-]{43}$/);
    expect(accessToken(file)).toBe(made);
    if (process.platform !== "win32") expect(statSync(file).mode & 0o077).toBe(0);
    expect(readFileSync(file, "utf8").trim()).toBe(made);
    const { stderr, stdout } = await orrery(["config", "get", "--json"], cleanEnv(home));
    expect(stdout + stderr).not.toContain(made);
  });
});
