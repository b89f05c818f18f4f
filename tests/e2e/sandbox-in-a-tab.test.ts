import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { escapeProbe } from "../sandbox/escape-probe.ts";
import { launchChromium } from "../support/chromium.ts";
import { openPage } from "../support/open-page.ts";
import { servePage } from "../support/page-server.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

/** The built page, with a program in place of its sandbox's that has broken out of the machine and tries every way to `address`. What it says led somewhere. */
async function probe(address: (base: string) => string, onRequest: (path: string) => void = () => undefined): Promise<unknown> {
  const instead: { [name: string]: string } = {};
  const server = await servePage("/some/where/", undefined, { instead, onRequest });
  instead["assets/sandbox/guest.js"] = escapeProbe(address(server.url));
  const { page, close } = await openPage(browser, `${server.url}#/extend/playground`);
  try {
    await page.getByRole("button", { name: /^Load/ }).click();
    const said = await page.getByRole("alert").getByText('"led":').first().textContent();
    return JSON.parse(said ?? "");
  } finally {
    await close();
    await server.close();
  }
}

describe("a worker of the built page's sandbox whose machine was escaped from", () => {
  it("reaches no other host: nobody even connects", async () => {
    let connections = 0;
    const canary = createServer((_, response) => void response.writeHead(200, { "access-control-allow-origin": "*" }).end("1"));
    canary.on("connection", () => {
      connections += 1;
    });
    await new Promise<void>((resolve) => canary.listen(0, "127.0.0.1", resolve));
    const address = `http://127.0.0.1:${(canary.address() as AddressInfo).port}/canary.js`;
    expect(await (await fetch(address)).text()).toBe("1");
    const before = connections;
    expect(await probe(() => address)).toEqual({ tried: 32, led: [] });
    expect(connections).toBe(before);
    canary.closeAllConnections();
    canary.close();
  });

  it("reaches not even the host the page came from", async () => {
    const asked: string[] = [];
    expect(
      await probe(
        (base) => `${base}assets/canary.js`,
        (path) => asked.push(path),
      ),
    ).toEqual({ tried: 32, led: [] });
    expect(asked.filter((path) => path.includes("canary"))).toEqual([]);
    expect(asked.some((path) => path.endsWith("assets/sandbox/guest.js"))).toBe(true);
  });
});
