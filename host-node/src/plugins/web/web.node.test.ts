import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { lookup } from "node:dns";
import { describe, expect, it, onTestFinished } from "vitest";
import { isPublic } from "./address.ts";
import { createWeb, type WebRules } from "./web.ts";

const webOf = (rules: WebRules, resolve?: typeof lookup) => createWeb(() => rules, resolve);

async function listen(answer: RequestListener, address = "127.0.0.1") {
  const hits: string[] = [];
  const server = createServer((request, response) => {
    hits.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  onTestFinished(() => void server.close());
  return { hits, port: (server.address() as AddressInfo).port };
}
const resolving = (...addresses: string[]) => {
  const asked: string[] = [];
  const resolve = ((host: string, _: object, done: (error: null, found: object[]) => void) => {
    asked.push(host);
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  }) as unknown as typeof lookup;
  return { asked, resolve };
};
const canary = () => listen((_, response) => response.end("the secret"));
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => "reached",
    (error: { code: string }) => error.code,
  );

/** This machine and its network, in as many spellings as there are ways to write it. */
const spellings = (port: number): string[] =>
  [
    ...["127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "2130706433", "0x7f000001", "0x7f.0.0.1", "0x7f.1", "0177.0.0.1", "017700000001", "0177.1"],
    ...["0", "0.0.0.0", "0x0", "00000000", "127.0.0.1.", "localhost", "LOCALHOST", "localhost.", "%6cocalhost", "127.0.0.1%2e", "①②⑦.0.0.1", "127。0。0。1"],
    ...[
      "[::1]",
      "[0:0:0:0:0:0:0:1]",
      "[::]",
      "[::ffff:127.0.0.1]",
      "[::ffff:7f00:1]",
      "[::127.0.0.1]",
      "[::7f00:1]",
      "[64:ff9b::7f00:1]",
      "[64:ff9b::127.0.0.1]",
    ],
    ...["[2002:7f00:1::]", "[2001:0:7f00:1::]", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[fec0::1]", "[ff02::1]", "[100::1]", "[::ffff:0:127.0.0.1]"],
    ...["10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "0xa9fea9fe", "2852039166"],
  ].map((host) => `http://${host}:${port}/`);

describe("the network for tools", () => {
  it("reaches this machine and its network under no spelling, though every host is allowed", async () => {
    const { hits, port } = await canary();
    const web = webOf({ hosts: ["*", `*:${port}`], named: [] });
    const all = spellings(port);
    expect(all.length).toBeGreaterThanOrEqual(50);
    for (const url of all) expect(await code(web.fetch(url, { signal: AbortSignal.timeout(5_000) })), url).toBe("WEB_DENIED");
    expect(hits).toEqual([]);
  });

  it("knows public addresses from the others", () => {
    for (const address of ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111"]) expect(isPublic(address), address).toBe(true);
    for (const address of ["127.0.0.1", "::1", "::7f00:1", "fe80::1%eth0", "192.0.2.1", "2001:db8::1", "3fff::1", "not one", ""])
      expect(isPublic(address), address).toBe(false);
  });

  it("refuses a name any of whose addresses is inside, and looks a name up once", async () => {
    const { hits, port } = await canary();
    for (const addresses of [["127.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["::1"], ["169.254.169.254"]]) {
      const { asked, resolve } = resolving(...addresses);
      const web = webOf({ hosts: [`rebind.example:${port}`], named: [] }, resolve);
      expect(await code(web.fetch(`http://rebind.example:${port}/`))).toBe("WEB_DENIED");
      expect(asked).toEqual(["rebind.example"]);
    }
    expect(hits).toEqual([]);
  });

  it("connects to the address it checked, whatever the resolver would say the next time", async () => {
    const { hits, port } = await canary();
    let times = 0;
    const rebinding = ((_: string, __: object, done: (error: null, found: object[]) => void) => {
      times += 1;
      done(null, [{ address: times === 1 ? "192.0.2.1" : "127.0.0.1", family: 4 }]);
    }) as unknown as typeof lookup;
    const web = webOf({ hosts: [`rebind.example:${port}`], named: [] }, rebinding);
    expect(await code(web.fetch(`http://rebind.example:${port}/`))).toBe("WEB_DENIED");
    expect([times, hits]).toEqual([1, []]);
  });

  it("holds every redirect to the same rules", async () => {
    const secret = await canary();
    const targets = [
      `http://127.0.0.1:${secret.port}/`,
      `http://[::ffff:127.0.0.1]:${secret.port}/`,
      `http://localhost:${secret.port}/`,
      "file:///etc/passwd",
      "ftp://example.com/",
      "http://user:pass@127.0.0.1/",
    ];
    const door = await listen((request, response) => {
      response.writeHead(302, { location: targets[Number(request.url?.slice(1))] ?? request.url ?? "/" }).end();
    });
    const web = webOf({ hosts: ["*"], named: [`127.0.0.1:${door.port}`] });
    for (const i of targets.keys()) expect(await code(web.fetch(`http://127.0.0.1:${door.port}/${i}`)), targets[i]).toBe("WEB_DENIED");
    expect(secret.hits).toEqual([]);
    // One that leads to itself comes to an end.
    expect(await code(web.fetch(`http://127.0.0.1:${door.port}/99`))).toBe("WEB_DENIED");
  });

  it("reaches a private place the operator named with its port, and takes no personal header elsewhere", async () => {
    const seen: unknown[] = [];
    const other = await listen((request, response) => {
      seen.push(request.headers["authorization"], request.method);
      response.end("there");
    });
    const named = await listen((_, response) => response.writeHead(303, { location: `http://127.0.0.1:${other.port}/` }).end());
    const web = webOf({ hosts: [], named: [`127.0.0.1:${named.port}`, `127.0.0.1:${other.port}`] });
    const response = await web.fetch(`http://127.0.0.1:${named.port}/`, { method: "POST", body: "x", headers: { Authorization: "Bearer key" } });
    expect([await response.text(), seen]).toEqual(["there", [undefined, "GET"]]);
  });

  it("reaches no host that is not allowed, no other port, and nothing that is not http", async () => {
    const { resolve, asked } = resolving("127.0.0.1");
    const web = webOf({ hosts: ["example.com", "*.example.org"], named: [] }, resolve);
    for (const url of [
      "http://example.net/",
      "http://sub.example.com/",
      "http://example.org/",
      "http://evilexample.org/",
      "http://example.com:8080/",
      "http://example.com@evil.test/",
      "http://example.com.evil.test/",
      "file:///etc/passwd",
      "gopher://example.com/",
      "data:text/plain,x",
      "no url",
    ])
      expect(await code(web.fetch(url)), url).toBe("WEB_DENIED");
    expect(asked).toEqual([]);
    expect(await code(web.fetch("https://a.example.org/"))).toBe("WEB_DENIED");
    expect(asked).toEqual(["a.example.org"]);
  });

  it("is broken off with its caller", async () => {
    const { port } = await listen(() => {});
    const web = webOf({ hosts: [], named: [`127.0.0.1:${port}`] });
    await expect(web.fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(100) })).rejects.toThrow();
  });
});
