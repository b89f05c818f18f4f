import type { Locator } from "playwright-core";
import { describe, expect, it } from "vitest";
import { builtPage } from "../support/built-page.ts";
import { kernelReady, runExample } from "../support/open-page.ts";

const opened = builtPage({ begin: ({ page }) => kernelReady(page) });

/** The two keys are one word only when they come soon after another: on a slow machine once more. */
async function go(letter: string, there: Locator): Promise<void> {
  await expect
    .poll(async () => {
      await opened.page.keyboard.press("g");
      await opened.page.keyboard.press(letter);
      return there.isVisible();
    })
    .toBe(true);
  // A new room takes the focus, and what is typed before that is lost.
  await opened.page.locator("main:focus").waitFor();
}

describe("with the keyboard alone", () => {
  it("g and a letter go to a room, but not while typing", async () => {
    const { page } = opened;
    const task = page.getByLabel("Task", { exact: true });
    await go("e", page.getByRole("heading", { level: 1, name: "Plugins" }));
    await go("h", task);
    await task.pressSequentially("ge");
    await expect.poll(() => task.inputValue()).toBe("ge");
    expect(new URL(page.url()).hash).toBe("#/");
  });

  it("Ctrl+K finds rooms, commands and runs", async () => {
    const { page } = opened;
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").getByRole("combobox").fill("marketplace");
    await page.getByRole("option", { name: "Extend", selected: true }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Plugins" }).waitFor();
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").getByRole("combobox").fill("> dark");
    await page.getByRole("option", { name: "Theme: dark", selected: true }).waitFor();
    await page.keyboard.press("Enter");
    await expect.poll(() => page.evaluate(() => document.documentElement.dataset["theme"])).toBe("dark");
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").getByRole("combobox").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").getByRole("combobox").waitFor({ state: "detached" });
  });

  it("j and k walk plugins", async () => {
    const { page } = opened;
    const chosen = () => page.getByRole("list", { name: "Plugins" }).locator("[aria-pressed=true]").textContent();
    const first = await chosen();
    await page.keyboard.press("j");
    await expect.poll(chosen).not.toBe(first);
    await page.keyboard.press("k");
    await expect.poll(chosen).toBe(first);
  });

  it("arrows walk the team's outline and Enter inspects", async () => {
    const { page } = opened;
    await page.goto(`${opened.server.url}#/`);
    await runExample(page);
    const items = page.getByRole("tree", { name: "Team outline" }).getByRole("treeitem");
    await items.first().focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    const second = (await items.nth(1).locator("span").first().textContent())?.trim();
    await expect.poll(() => page.getByRole("complementary", { name: "Inspector" }).getByRole("heading").first().textContent()).toBe(second);
  });

  it("the theme goes round and is remembered", async () => {
    const { page } = opened;
    const button = page.getByRole("button", { name: /^Theme:/ });
    await page.evaluate(() => localStorage.setItem("orrery.theme", "dark"));
    await page.reload();
    expect(await page.evaluate(() => document.documentElement.dataset["theme"])).toBe("dark");
    await button.press("Enter");
    await expect.poll(() => page.evaluate(() => document.documentElement.dataset["theme"])).toBeUndefined();
    await page.reload();
    expect(await page.evaluate(() => document.documentElement.dataset["theme"])).toBeUndefined();
  });
});
