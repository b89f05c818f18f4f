import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";

export const themes = ["light", "dark"] as const;

/** What axe finds wrong in the page as it stands, in this theme (WCAG 2.2 A and AA). */
export async function axe(page: Page, theme: string): Promise<string[]> {
  await page.evaluate((wanted) => {
    document.documentElement.dataset["theme"] = wanted;
    // A colour on its way from one theme to the other is neither's.
    return Promise.allSettled(document.getAnimations().flatMap((each) => (each instanceof CSSTransition ? each.finished : []))).then(() => undefined);
  }, theme);
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}

/** Pixels by which the page is wider than its window. */
export const overflow = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
