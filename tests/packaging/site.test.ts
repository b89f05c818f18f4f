import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { openPage, runExample } from "../support/open-page.ts";
import { type PageServer, servePage } from "../support/page-server.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

let server: PageServer;
let browser: Browser;
beforeAll(async () => {
  await promisify(execFile)(process.execPath, [join(root, "scripts/build-site.mjs")], { cwd: root });
  server = await servePage("/demo/", join(root, "dist/site"));
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

describe("the static site", () => {
  it("runs the example wholly in the tab, from a server that sends plain headers", async () => {
    const { page, requests, errors, close } = await openPage(browser, server.url);
    await runExample(page);
    const report = page.getByRole("region", { name: "Report" });
    expect(await report.getByRole("heading", { name: "Contradictions", exact: true }).isVisible()).toBe(true);
    expect(await report.getByRole("button", { name: /^source:/ }).count()).toBeGreaterThan(5);
    expect(requests.every((address) => address.startsWith(server.url))).toBe(true);
    expect(errors).toEqual([]);
    await close();
  });
});
