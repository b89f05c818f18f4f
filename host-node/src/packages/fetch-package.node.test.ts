import { createServer as createHttp } from "node:http";
import { createServer, globalAgent } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { fetchPackage, isInside } from "./fetch-package.ts";

it.each([
  "127.0.0.1",
  "127.9.9.9",
  "0.0.0.0",
  "10.1.2.3",
  "100.64.0.1",
  "169.254.169.254",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "198.18.0.1",
  "224.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "64:ff9b::7f00:1",
  "2002:7f00:1::",
  "fc00::1",
  "fd12:3456::1",
  "fe80::1",
  "ff02::1",
  "no address",
])("%s is inside this network", (address) => expect(isInside(address)).toBe(true));

it.each(["1.1.1.1", "172.32.0.1", "192.169.0.1", "2606:4700:4700::1111", "::ffff:1.1.1.1"])("%s is outside", (address) =>
  expect(isInside(address)).toBe(false),
);

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** TLS without certificates: what is tested is where a request goes, not whom it meets. */
function withoutCertificates(): object {
  const before = { ...globalAgent.options };
  const tls = { ciphers: "aNULL:@SECLEVEL=0", maxVersion: "TLSv1.2" } as const;
  Object.assign(globalAgent.options, tls, { rejectUnauthorized: false });
  onTestFinished(() => {
    for (const name of ["ciphers", "maxVersion", "rejectUnauthorized"] as const) delete globalAgent.options[name];
    Object.assign(globalAgent.options, before);
  });
  return tls;
}

it("a redirect from outside never reaches this machine or its network, however that is spelled", async () => {
  let hits = 0;
  const tls = withoutCertificates();
  let location = "";
  const port = await listening(
    createServer(tls, (request, response) => {
      if (request.url === "/start.tgz") return response.writeHead(302, { location }).end();
      hits += 1;
      return response.end("reached");
    }),
  );
  const plain = await listening(
    createHttp((_, response) => {
      hits += 1;
      response.end("reached");
    }),
  );
  // Not spelled as this machine, and reached all the same: as good as outside.
  const start = `https://0.0.0.0:${port}/start.tgz`;
  for (const host of [
    "127.0.0.1",
    "localhost",
    "[::1]",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "0.0.0.0",
    "0",
  ]) {
    location = `https://${host}:${port}/canary`;
    await expect(fetchPackage(start), host).rejects.toMatchObject({ code: "PACKAGE_URL_REFUSED", message: expect.stringContaining("inside this network") });
  }
  location = `http://127.0.0.1:${plain}/canary`;
  await expect(fetchPackage(start)).rejects.toMatchObject({ code: "PACKAGE_URL_REFUSED", message: expect.stringContaining("is not https") });
  location = "file:///etc/passwd";
  await expect(fetchPackage(start)).rejects.toMatchObject({ code: "PACKAGE_URL_REFUSED" });
  expect(hits).toBe(0);
  // The same server, asked for by the person themself, answers.
  location = "/good";
  await expect(fetchPackage(`https://127.0.0.1:${port}/start.tgz`)).resolves.toEqual(new Uint8Array(Buffer.from("reached")));
});

it.each(["http://example.org/a.tgz", "ftp://127.0.0.1/a.tgz", "https://user:word@127.0.0.1/a.tgz", "nonsense"])("%s is not fetched at all", (address) =>
  expect(fetchPackage(address)).rejects.toMatchObject({ code: "PACKAGE_URL_REFUSED" }),
);
