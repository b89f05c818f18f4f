import { readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { cleanEnv, orrery, scratch, start } from "./support.ts";

/** A model host that takes one key. */
async function modelHost(key: string): Promise<{ url: string; asked: IncomingHttpHeaders[] }> {
  const asked: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers);
    const known = request.headers.authorization === `Bearer ${key}`;
    response
      .writeHead(known ? 200 : 401, { "content-type": "application/json" })
      .end(known ? JSON.stringify({ data: [{ id: "small" }, { id: "large" }] }) : "{}");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked };
}
async function connect(args: string[], env: NodeJS.ProcessEnv, key: string) {
  const child = start(["connect", ...args, "--key-stdin", "--json"], env);
  child.stdin?.end(`${key}\n`);
  const ran = await child.done;
  return { code: ran.code, text: ran.stdout + ran.stderr, object: JSON.parse(ran.stdout) as { models?: string[]; error?: { code: string } } };
}

describe("orrery connect", () => {
  it("tries the key, remembers it apart from the settings, lists the models, and forgets all of it", async () => {
    const home = scratch("connect");
    const env = cleanEnv(home);
    const host = await modelHost("sk-canary-42");
    const done = await connect(["mine", "--url", host.url], env, "sk-canary-42");
    expect([done.code, done.object.models]).toEqual([0, ["small", "large"]]);
    expect(done.text).not.toContain("sk-canary-42");
    expect(readFileSync(join(home, "config.json"), "utf8")).not.toContain("sk-canary-42");
    expect(JSON.parse(readFileSync(join(home, "keys.json"), "utf8"))).toEqual({ mine: "sk-canary-42" });

    const listed = await orrery(["models", "--json"], env);
    const models = (JSON.parse(listed.stdout) as { models: { id: string }[] }).models.map(({ id }) => id);
    expect(models).toEqual(expect.arrayContaining(["mine/small", "mine/large", "orrery/extractive"]));
    expect(listed.stdout + listed.stderr).not.toContain("sk-canary-42");

    expect((await orrery(["connect", "mine", "--remove"], env)).code).toBe(0);
    expect(JSON.parse(readFileSync(join(home, "keys.json"), "utf8"))).toEqual({});
    expect(JSON.parse((await orrery(["config", "get", "connections", "--json"], env)).stdout)).toEqual({ connections: [] });
  });

  it("remembers nothing of a key that is refused, or of a host that is not there", async () => {
    const home = scratch("connect");
    const env = cleanEnv(home);
    const host = await modelHost("right");
    const refused = await connect(["mine", "--url", host.url], env, "wrong-canary");
    expect([refused.code, refused.object.error?.code]).toEqual([1, "CREDENTIAL_REFUSED"]);
    expect(refused.text).not.toContain("wrong-canary");
    const gone = await connect(["mine", "--url", "http://127.0.0.1:9/v1"], env, "right");
    expect([gone.code, gone.object.error?.code]).toEqual([1, "EGRESS_FAILED"]);
    expect(JSON.parse((await orrery(["config", "get", "connections", "--json"], env)).stdout)).toEqual({ connections: [] });
    expect(() => readFileSync(join(home, "keys.json"))).toThrow(/ENOENT/);
  });
});
