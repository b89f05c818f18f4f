import type { Page } from "playwright-core";
import { expect } from "vitest";
import { axe, overflow, themes } from "./axe.ts";

/** Axe finds nothing in the page as it stands, in either theme. What is drawn a moment later is waited for. */
export async function nothingForAxe(page: Page, where: string): Promise<void> {
  for (const theme of themes) await expect.poll(() => axe(page, theme), { message: `${where}, ${theme}` }).toEqual([]);
}

/** Nothing of the page is wider than its window of so many pixels. */
export async function fits(page: Page, width: number, where: string, height = 800): Promise<void> {
  await page.setViewportSize({ width, height });
  await expect.poll(() => overflow(page), { message: `${where} at ${width}` }).toBeLessThanOrEqual(0);
}

/** Both, at 320 pixels and, as it is left, at 1280; with pictures of it all where ORRERY_SCREENSHOTS names a folder. */
export async function sound(page: Page, where: string): Promise<void> {
  const folder = process.env["ORRERY_SCREENSHOTS"];
  await nothingForAxe(page, where);
  for (const width of [320, 1280]) {
    await fits(page, width, where);
    if (!folder) continue;
    for (const theme of themes) {
      await page.evaluate((wanted) => void (document.documentElement.dataset["theme"] = wanted), theme);
      await page.screenshot({ path: `${folder}/${where.replaceAll(" ", "-")}-${width}-${theme}.png`, fullPage: true });
    }
  }
}
