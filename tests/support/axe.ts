import axeCore from "axe-core";
import type { Page } from "playwright-core";

export const themes = ["light", "dark"] as const;

const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** What axe finds wrong in the page as it stands, in this theme (WCAG 2.2 A and AA); the frames of its sandbox are hidden and show nothing. */
export async function axe(page: Page, theme: string): Promise<string[]> {
  await page.evaluate((wanted) => {
    document.documentElement.dataset["theme"] = wanted;
    // A colour on its way from one theme to the other is neither's.
    return Promise.allSettled(document.getAnimations().flatMap((each) => (each instanceof CSSTransition ? each.finished : []))).then(() => undefined);
  }, theme);
  // Once a document: most rooms are the same one.
  if (await page.evaluate(() => !("axe" in globalThis))) await page.evaluate(axeCore.source);
  const violations = await page.evaluate(async (values) => {
    const { axe } = globalThis as unknown as { axe: typeof axeCore };
    return (await axe.run(document, { runOnly: { type: "tag", values }, resultTypes: ["violations"] })).violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.map(({ target }) => target.join(" ")),
    }));
  }, standards);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.join(", ")}`);
}

/** Pixels by which the page is wider than its window. */
export const overflow = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
