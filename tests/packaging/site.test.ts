import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { ended, kernelReady, openPage, type OpenedPage, runExample } from "../support/open-page.ts";
import { type PageServer, servePage } from "../support/page-server.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

const buildSite = (...args: string[]) => promisify(execFile)(process.execPath, [join(root, "scripts/build-site.mjs"), ...args], { cwd: root });

/** One agent on the model beside the page; what it wrote. */
async function askTheModel(page: Page, url: string): Promise<string> {
  await page.goto(`${url}#/`);
  await page.getByLabel("Task", { exact: true }).fill("Tell a story about a man.");
  await page.getByLabel("Agents, at most").fill("1");
  await page.getByLabel(/^Model/).selectOption("transformers/tiny-llama");
  await page.getByRole("button", { name: "Run in this tab" }).click();
  await ended(page);
  await expect.poll(() => page.locator("main").textContent()).toContain("tiny-llama");
  return (await page.getByRole("region", { name: /Report/ }).textContent()) ?? "";
}

let server: PageServer;
let browser: Browser;
beforeAll(async () => {
  await buildSite();
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
    await report.getByRole("heading", { name: "Contradictions", exact: true }).waitFor();
    await expect.poll(() => report.getByRole("button", { name: /^source:/ }).count()).toBeGreaterThan(5);
    expect(requests.every((address) => address.startsWith(server.url))).toBe(true);
    expect(errors).toEqual([]);
    await close();
  });
});

describe("the static site with a language model beside it", () => {
  let folder: string;
  let beside: PageServer;
  let opened: OpenedPage;
  let online: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "orrery-site-"));
    await buildSite("--out", folder, "--models", join(root, "tests/fixtures/models"));
    beside = await servePage("/demo/", folder);
    opened = await openPage(browser, beside.url);
    await kernelReady(opened.page);
    // From here on the page is one that can be opened offline.
    await opened.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await opened.page.reload();
    await kernelReady(opened.page);
  });
  afterAll(async () => {
    await beside?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it("lists the model, streams what it writes in the tab, and asks nobody else", async () => {
    const { page, requests, errors } = opened;
    await page.goto(`${beside.url}#/extend/models`);
    const listed = page.getByRole("list", { name: "Models" }).getByRole("listitem").filter({ hasText: "transformers/tiny-llama" });
    await listed.waitFor();
    await expect.poll(() => listed.textContent()).toContain("stays on this computer");
    expect(await listed.getByRole("button", { name: /^Disconnect/ }).count()).toBe(0);

    online = await askTheModel(page, beside.url);
    expect(online).toMatch(/\w{3,}/);
    expect(requests.some((address) => address.endsWith("tiny-llama/onnx/model_quantized.onnx"))).toBe(true);
    expect(requests.every((address) => address.startsWith(beside.url))).toBe(true);
    expect(errors).toEqual([]);
  });

  it("runs it again offline, once it was used", async () => {
    const { page, context } = opened;
    await context.setOffline(true);
    await page.reload();
    await kernelReady(page);
    expect(await askTheModel(page, beside.url)).toBe(online);
  });

  it("a folder without a model, or with one that cannot be called so, is refused by name, and the earlier site stays", async () => {
    const named = join(folder, "..", `${basename(folder)}-models`);
    await mkdir(join(named, "ort", "onnx"), { recursive: true });
    await writeFile(join(named, "ort", "config.json"), "{}");
    try {
      for (const [models, why] of [
        [join(root, "docs"), "no model in it"],
        [named, 'cannot be called "ort"'],
        [join(folder, "nowhere"), "there is no such folder"],
      ] as const)
        await expect(buildSite("--out", folder, "--models", models)).rejects.toMatchObject({ stderr: expect.stringContaining(why) });
    } finally {
      await rm(named, { recursive: true, force: true });
    }
    expect(JSON.parse(await readFile(join(folder, "assets", "index.json"), "utf8"))).toContain("tiny-llama/config.json");
  });
});
