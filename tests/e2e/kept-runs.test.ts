import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { builtPage } from "../support/built-page.ts";
import { kernelReady, runExample } from "../support/open-page.ts";
import { sound } from "../support/sound.ts";

const opened = builtPage({ at: "#/observe/kept" });
const at = (hash: string) => opened.page.goto(`${opened.server.url}${hash}`);
const sizes = () => opened.page.getByRole("list", { name: "Runs by their size" }).getByRole("listitem");
const going = () => opened.page.getByRole("group", { name: "What would go" });
const outOf = (name: string) => going().getByRole("button", { name });
const nothing = () => opened.page.getByText("No run is kept yet");

/** Writes what a browser that was closed a while ago has kept. */
const keepTo = (page: Page, value: object) =>
  page.evaluate(
    (retention) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open("orrery.state");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const changing = opening.result.transaction("values", "readwrite");
          changing.objectStore("values").put({ ns: "orrery.host", key: "retention", value: retention });
          changing.oncomplete = () => {
            opening.result.close();
            resolve();
          };
        };
      }),
    value,
  );

describe("what is kept in a tab", () => {
  it("is nothing at first, which takes little room, and may be cleared by the browser or not", async () => {
    await kernelReady(opened.page);
    await nothing().waitFor();
    const room = opened.page.getByRole("region", { name: "Room" });
    await room.getByText(/ of the .* that this browser allows this page/).waitFor();
    await expect.poll(() => room.textContent()).toMatch(/0 runs: 0 B.*The browser (keeps all of it until|may clear all of it when)/s);
    await sound(opened.page, "nothing kept");
  });

  it("is every run with the room it takes, and those that would go are shown before they go", async () => {
    const runs: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      await at("#/");
      runs.push(await runExample(opened.page));
    }
    await at("#/observe");
    await opened.page.getByRole("main").getByRole("link", { name: "What is kept" }).click();
    await expect.poll(() => sizes().count()).toBe(3);
    await expect.poll(() => sizes().first().textContent()).toMatch(/\d (kB|MB)$/);
    expect(await opened.page.getByRole("button", { name: "Prune now" }).isDisabled()).toBe(true);
    await opened.page.getByLabel("Beyond the newest").fill("2.5");
    await opened.page.getByRole("alert").waitFor();
    await opened.page.getByLabel("Beyond the newest").fill("2");
    await opened.page.getByRole("button", { name: "Prune now" }).click();
    await going().waitFor();
    expect(await going().textContent()).toMatch(/1 run with .* would go now\. That cannot be undone/);
    expect(await going().getByRole("link").getAttribute("href")).toContain(runs[0]);
    await expect.poll(() => opened.page.evaluate(() => document.activeElement?.textContent)).toBe("Keep them");
    await sound(opened.page, "what would go");
    await opened.page.keyboard.press("Escape");
    await going().waitFor({ state: "detached" });
    expect(await sizes().count()).toBe(3);
    await opened.page.getByRole("button", { name: "Prune now" }).click();
    await outOf("Take out for good").click();
    await opened.page.getByText("1 run taken out.").waitFor();
    await expect.poll(() => sizes().count()).toBe(2);
  });

  it("follows what was saved after every run, in each tab that shows it, and when the page is opened again", async () => {
    const other = await opened.context.newPage();
    await other.goto(`${opened.server.url}#/observe`);
    const listed = other.getByRole("list", { name: "Runs" }).getByRole("listitem");
    await expect.poll(() => listed.count()).toBe(2);
    await opened.page.getByLabel("Beyond the newest").fill("1");
    await opened.page.getByRole("button", { name: "Save" }).click();
    expect(await going().textContent()).toMatch(/would go now, and others as they come/);
    await outOf("Take out for good").click();
    await opened.page.getByText("Saved. 1 run taken out.").waitFor();
    await expect.poll(() => listed.count()).toBe(1);
    await at("#/");
    const last = await runExample(opened.page);
    await at("#/observe/kept");
    await expect.poll(() => sizes().getByRole("link").getAttribute("href")).toContain(last);
    await expect.poll(() => opened.page.getByLabel("Beyond the newest").inputValue()).toBe("1");
    await sound(opened.page, "kept");
    await keepTo(opened.page, { olderThanMs: 0 });
    await opened.page.reload();
    await nothing().waitFor();
    await expect.poll(() => listed.count()).toBe(0);
    await other.close();
    await keepTo(opened.page, {});
    await opened.page.reload();
  });

  it("keeps the newest runs that have room in so many megabytes", async () => {
    await kernelReady(opened.page);
    const runs: string[] = [];
    for (let i = 0; i < 2; i += 1) {
      await at("#/");
      runs.push(await runExample(opened.page));
    }
    await at("#/observe/kept");
    await expect.poll(() => sizes().count()).toBe(2);
    await opened.page.getByLabel("Beyond, in megabytes").fill("0");
    await opened.page.getByRole("button", { name: "Prune now" }).click();
    expect(await going().getByRole("link").getAttribute("href")).toContain(runs[0]);
    await outOf("Keep them").click();
    await going().waitFor({ state: "detached" });
  });

  it("says where a run is open, in another tab, that it was removed, and leads back to those that are here", async () => {
    await opened.page.getByLabel("Beyond, in megabytes").fill("0");
    await opened.page.getByRole("button", { name: "Prune now" }).click();
    const older = new URL((await going().getByRole("link").getAttribute("href")) ?? "", opened.server.url).href;
    const other = await opened.context.newPage();
    await other.goto(older);
    await other.getByRole("button", { name: "Save as Markdown" }).waitFor();
    await outOf("Take out for good").click();
    const alert = other.getByRole("alert").filter({ hasText: "This run was removed" });
    await alert.waitFor();
    await sound(other, "run removed");
    await alert.getByRole("link", { name: "Runs that are here" }).click();
    await other.getByRole("heading", { level: 1, name: "Runs" }).waitFor();
    await expect.poll(() => other.getByRole("list", { name: "Runs" }).getByRole("listitem").count()).toBe(1);
    await other.goto(older);
    await other.getByText("There is no such run here").waitFor();
    await other.close();
  });
});
