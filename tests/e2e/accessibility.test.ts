import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { axe, overflow, themes } from "../support/axe.ts";
import { launchChromium } from "../support/chromium.ts";
import { kernelReady, openPage, type OpenedPage, runExample } from "../support/open-page.ts";
import { type PageServer, servePage } from "../support/page-server.ts";

const rooms = {
  home: "#/",
  observe: "#/observe",
  plugins: "#/extend",
  hooks: "#/extend/hooks",
  playground: "#/extend/playground",
  models: "#/extend/models",
  views: "#/extend/views",
  agents: "#/build/agents",
  "no such agent": "#/build/agents/nobody",
  inbox: "#/govern/approvals",
  "no such approval": "#/govern/approvals/none",
  "no such run": "#/run/run_none",
  "no such trace": "#/observe/traces/run_none",
  "no such page": "#/nowhere",
};

let server: PageServer;
let browser: Browser;
beforeAll(async () => {
  server = await servePage();
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function violations(page: Page, url: string, theme: string): Promise<string[]> {
  await page.evaluate((wanted) => {
    document.documentElement.dataset["theme"] = wanted;
  }, theme);
  await page.goto(url);
  await page.locator("h1").first().waitFor({ state: "attached" });
  await page.waitForFunction(() => document.querySelector("[role=status]")?.textContent?.includes("…") !== true);
  return axe(page, theme);
}

describe("axe finds nothing (WCAG 2.2 A and AA)", () => {
  it.each(themes)("in any room while it is empty, %s", async (theme) => {
    const { page, close } = await openPage(browser, server.url);
    await kernelReady(page);
    for (const [room, path] of Object.entries(rooms)) expect(await violations(page, `${server.url}${path}`, theme), room).toEqual([]);
    await close();
  });

  describe("once there is something in it", () => {
    let opened: OpenedPage;
    let filled: Record<string, string>;
    beforeAll(async () => {
      opened = await openPage(browser, server.url);
      const run = await runExample(opened.page);
      filled = {
        ...rooms,
        run: `#/run/${run}`,
        "a citation": `#/run/${run}?cite=decision-record.md%236`,
        trace: `#/observe/traces/${run}`,
        ...Object.fromEntries(["input", "output", "state", "trace", "cost", "views"].map((tab) => [`the run's ${tab}`, `#/run/${run}?tab=${tab}`])),
        ...Object.fromEntries(["input", "output", "trace", "why"].map((tab) => [`an agent's ${tab}`, `#/run/${run}?step=writer&tab=${tab}`])),
      };
    });
    it.each(themes)("in any room, %s", async (theme) => {
      for (const [room, path] of Object.entries(filled)) expect(await violations(opened.page, `${server.url}${path}`, theme), room).toEqual([]);
    });
    it("and nothing is cut off or scrolls sideways at 320 pixels", async () => {
      await opened.page.setViewportSize({ width: 320, height: 700 });
      for (const [room, path] of Object.entries(filled)) {
        await opened.page.goto(`${server.url}${path}`);
        await opened.page.locator("h1").first().waitFor({ state: "attached" });
        expect(await overflow(opened.page), room).toBeLessThanOrEqual(0);
      }
    });
  });
});
