import { LLMock } from "@copilotkit/aimock";
import type { Page } from "playwright-core";
import { afterAll, expect, it } from "vitest";
import { axe, overflow, themes } from "../support/axe.ts";
import { builtPage } from "../support/built-page.ts";
import { ended, kernelReady } from "../support/open-page.ts";

const emulator = new LLMock({ port: 0 });
const content = "The Aurora will enter scheduled service on 2 June, in time for the summer timetable. [decision-record.md#6]";
let asked = false;
let answer = (): void => undefined;
const answered = new Promise<void>((resolve) => {
  answer = resolve;
});
const opened = builtPage({
  at: "#/extend/models",
  begin: async ({ page }) => {
    // The run is under way for as long as the model is silent.
    emulator.onMessage(/[\s\S]*/, async () => {
      asked = true;
      await answered;
      return { content, usage: { prompt_tokens: 900, completion_tokens: 30 } };
    });
    await emulator.start();
    await kernelReady(page);
    await page.getByLabel("Provider").selectOption("openai-compatible");
    await page.getByLabel(/^Address/).fill(`${emulator.url}/v1`);
    await page.getByRole("button", { name: "Allow and connect" }).click();
    await page.getByText(/of its models can be used now/).waitFor();
  },
});
afterAll(async () => {
  answer();
  await emulator.stop();
});

/** What the browser says to something that is written beside the product. */
const writing = (page: Page): Promise<string> =>
  page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const opening = indexedDB.open("probe");
        opening.onupgradeneeded = () => opening.result.createObjectStore("texts");
        opening.onerror = () => resolve(opening.error?.name ?? "");
        opening.onsuccess = () => {
          const changing = opening.result.transaction("texts", "readwrite");
          changing.objectStore("texts").put("x".repeat(10_000), "text");
          const end = (said: string) => {
            opening.result.close();
            resolve(said);
          };
          changing.oncomplete = () => end("written");
          changing.onabort = () => end(changing.error?.name ?? "");
        };
      }),
  );

it("a browser without room interrupts the run that goes on, says why and what to do, begins none, and goes on once there is room", async () => {
  const { page, context } = opened;
  await page.goto(`${opened.server.url}#/`);
  await page.getByRole("button", { name: "Run the example" }).click();
  await page.waitForURL(/#\/run\//);
  const run = page.url();
  await expect.poll(() => asked).toBe(true);
  const session = await context.newCDPSession(page);
  const { origin } = new URL(opened.server.url);
  await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
  // The browser goes by what it last measured for a while.
  await expect.poll(() => writing(page), { timeout: 90_000 }).toBe("QuotaExceededError");
  answer();
  const stopped = page.getByText("This run was interrupted").locator("..");
  await stopped.getByText("STORAGE_FULL").waitFor();
  expect(await stopped.textContent()).toMatch(/no room left.*Make room under Observe → What is kept.*had settled/s);
  for (const theme of themes) expect(await axe(page, theme), theme).toEqual([]);
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await overflow(page), String(width)).toBeLessThanOrEqual(0);
    const folder = process.env["ORRERY_SCREENSHOTS"];
    if (folder) await page.screenshot({ path: `${folder}/no-room-${width}.png`, fullPage: true });
  }
  await stopped.getByRole("link", { name: "What is kept" }).click();
  await page.getByRole("list", { name: "Runs by their size" }).getByRole("listitem").first().waitFor();
  await page.goto(`${opened.server.url}#/`);
  await page.getByRole("button", { name: "Run the example" }).click();
  await page.getByRole("alert").getByText("STORAGE_FULL").waitFor();
  await session.send("Storage.overrideQuotaForOrigin", { origin });
  await expect.poll(() => writing(page), { timeout: 90_000 }).toBe("written");
  await page.goto(run);
  await stopped.getByRole("button", { name: "Resume" }).click();
  await ended(page);
});
