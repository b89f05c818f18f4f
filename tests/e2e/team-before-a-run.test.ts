import { describe, expect, it } from "vitest";
import { builtPage } from "../support/built-page.ts";
import { kernelReady } from "../support/open-page.ts";
import { fits } from "../support/sound.ts";
import { topologies } from "../support/topologies.ts";

const opened = builtPage({ begin: ({ page }) => kernelReady(page) });

describe("before a task is run", () => {
  it("each installed topology is offered by its word, with the line its plugin says of itself", async () => {
    const { page } = opened;
    await page.getByText(/ways to work together/).click();
    for (const { manifest } of topologies) {
      const word = manifest.id.replace("orrery.topology.", "");
      await page.getByRole("button", { name: `${word} ${manifest.description}` }).waitFor();
    }
    await page.getByRole("button", { name: /^debate / }).click();
    await expect.poll(() => page.getByLabel("How they work together").inputValue()).toBe("debate");
  });

  it("the team is drawn with what it would come to, and drawn anew for another word", async () => {
    const { page } = opened;
    await page.getByLabel("Task", { exact: true }).fill("What changed in March, and why?");
    await page.getByRole("button", { name: "Show the team" }).click();
    const team = page.getByRole("region", { name: "Team before the run" });
    await team.getByText(/· debate ·/).waitFor();
    await team.getByRole("group", { name: /Team graph/ }).waitFor();
    const debating = await team.locator("dl").textContent();
    await page.getByLabel("How they work together").selectOption("sequential");
    await team.getByText(/· sequential ·/).waitFor();
    await expect.poll(() => team.locator("dl").textContent()).not.toBe(debating);
    await expect.poll(() => team.locator("dl").textContent()).toMatch(/Calls3Tokens, about[1-9][\d,]* in, 600 outMoney\$0Modelsorrery\/extractive/);
    expect(opened.errors).toEqual([]);
  });

  it("fits a screen of 320 pixels", async () => {
    const { page } = opened;
    await fits(page, 320, "the team before a run");
  });
});
