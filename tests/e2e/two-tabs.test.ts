import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtPage } from "../support/built-page.ts";
import { kernelReady, runExample } from "../support/open-page.ts";
import { samplePackage } from "../support/sample-package.ts";

const opened = builtPage({ at: "#/extend" });
let one: Page;
let other: Page;
beforeAll(async () => {
  one = opened.page;
  other = await opened.context.newPage();
  await other.goto(`${opened.server.url}#/extend`);
  await Promise.all([one, other].map(kernelReady));
  await other.getByText("No plugin of anybody else's is installed").waitFor();
});
afterAll(() => other?.close());

const row = (page: Page) => page.getByRole("listitem", { name: "Signature" });
const none = (page: Page) => page.getByText("No plugin of anybody else's is installed");
const active = (page: Page) => row(page).getByText("active", { exact: true });
/** Machines with a plugin in them, and the one that is kept ready. */
const frames = (page: Page) => page.locator("iframe[sandbox]").count();

/** Drops a package and allows what is named; the button that installs it. */
async function asked(page: Page, sample: Parameters<typeof samplePackage>[0] = {}, allowed: readonly RegExp[] = [/keep up to 64 KB/]): Promise<Locator> {
  const buffer = Buffer.from(await samplePackage(sample));
  await page.getByLabel("A plugin's package").setInputFiles({ name: "signature.tgz", mimeType: "application/gzip", buffer });
  const prompt = page.getByRole("region", { name: /^(Install|Update) Signature/ });
  for (const name of allowed) await prompt.getByRole("checkbox", { name }).check();
  await prompt.getByRole("checkbox", { name: /Nobody signed it/ }).check();
  return prompt.getByRole("button", { name: /^(Install|Update)$/ });
}
/** Until it is over in that tab: what it is given before that it does not take. */
async function install(page: Page, sample: Parameters<typeof samplePackage>[0] = {}, allowed?: readonly RegExp[]): Promise<void> {
  await (await asked(page, sample, allowed)).click();
  await page.getByText(`Signature ${sample?.version ?? "1.0.0"} is installed.`).waitFor();
}
/** Asks for its removal; the button that confirms it. */
async function leaving(page: Page): Promise<Locator> {
  await row(page).getByRole("button", { name: "Remove Signature" }).click();
  return row(page).getByRole("button", { name: "Remove for good" });
}
const remove = async (page: Page): Promise<void> => (await leaving(page)).click();
/** The example run in a tab; what its report says. Back under Extend after it. */
async function ran(page: Page): Promise<string> {
  await page.goto(`${opened.server.url}#/`);
  await runExample(page);
  const text = (await page.locator("main").textContent()) ?? "";
  await page.goto(`${opened.server.url}#/extend`);
  return text;
}

describe("two tabs of one browser", () => {
  it("run a plugin that was installed in one of them, both, and without a reload", async () => {
    await install(one);
    await active(other).waitFor();
    await expect.poll(() => frames(other)).toBeGreaterThanOrEqual(1);
    expect(await ran(other)).toContain("(signed)");
  });

  it("follow an update, with what it may now, and the way back", async () => {
    await install(one, { version: "1.1.0" }, [/api\.example/]);
    await row(other)
      .getByText(/acme\.signature 1\.1\.0/)
      .waitFor();
    await expect.poll(async () => row(other).textContent()).not.toContain("denied");
    await row(other).getByRole("button", { name: "Back to 1.0.0: Signature" }).click();
    await row(one)
      .getByText(/acme\.signature 1\.0\.0/)
      .waitFor();
    await expect.poll(async () => row(one).textContent()).toContain("denied");
  });

  it("take down in both what one of them put in quarantine, and start it again in both", async () => {
    await install(one, { version: "1.2.0", setup: 'tap("step.after", () => { for (;;) {} });' }, []);
    await row(other)
      .getByText(/acme\.signature 1\.2\.0/)
      .waitFor();
    await active(other).waitFor();
    // The new one's machine and the next, once the old one's has gone.
    await expect.poll(() => frames(other)).toBe(2);
    await ran(one);
    for (const page of [one, other]) {
      await row(page).getByText("quarantined", { exact: true }).waitFor();
      await row(page)
        .getByText(/SANDBOX_QUARANTINED/)
        .waitFor();
    }
    await expect.poll(() => frames(other)).toBe(1);
    await row(other).getByRole("button", { name: "Start again: Signature" }).click();
    await row(other).getByRole("button", { name: "Start again: Signature" }).waitFor({ state: "detached" });
    await Promise.all([one, other].map((page) => active(page).waitFor()));
  });

  it("take down in both what one of them removed, and nothing of it is left", async () => {
    await remove(one);
    await Promise.all([one, other].map((page) => none(page).waitFor()));
    await expect.poll(() => frames(other)).toBeLessThanOrEqual(1);
    await other.getByRole("button", { name: "acme.signature" }).waitFor({ state: "detached" });
  });

  it("come to the same when both do something to one plugin at the same moment", async () => {
    await install(one, { version: "2.0.0" });
    await active(other).waitFor();
    const [update, removal] = [await asked(one, { version: "2.1.0" }), await leaving(other)];
    await Promise.all([update, removal].map((button) => button.dispatchEvent("click")));
    await one.getByText("Signature 2.1.0 is installed").waitFor();
    await other.getByRole("group", { name: "Remove Signature?" }).waitFor({ state: "detached" });
    // Whichever was first: it is gone, or it was installed anew after that, and both say so.
    const said = async (page: Page) => {
      if (await none(page).isVisible()) return "none";
      const text = (await row(page).allTextContents())[0] ?? "";
      return `${text.match(/acme\.signature \S+/)?.[0]} ${(await active(page).isVisible()) ? "active" : "not active"}`;
    };
    await expect.poll(async () => [...new Set(await Promise.all([one, other].map(said)))].join(" beside ")).toMatch(/^(none|acme\.signature 2\.1\.0 active)$/);
    if (await row(one).isVisible()) await remove(other);
    await Promise.all([one, other].map((page) => none(page).waitFor()));
  });

  it("make good what a frozen tab did not hear, once it wakes", async () => {
    await install(one);
    await active(other).waitFor();
    const session = await opened.context.newCDPSession(other);
    await session.send("Page.setWebLifecycleState", { state: "frozen" });
    await remove(one);
    await none(one).waitFor();
    await session.send("Page.setWebLifecycleState", { state: "active" });
    await none(other).waitFor();
    await expect.poll(() => frames(other)).toBeLessThanOrEqual(1);
  });

  it("make good what nobody told them, once the tab is looked at", async () => {
    await install(one);
    await active(other).waitFor();
    // As a tab would leave it that was ended between what it wrote and its word to the others.
    await one.evaluate(
      () =>
        new Promise<void>((resolve, reject) => {
          const opening = indexedDB.open("orrery.state");
          opening.onerror = () => reject(opening.error);
          opening.onsuccess = () => {
            const changing = opening.result.transaction("packages", "readwrite");
            changing.objectStore("packages").clear();
            changing.oncomplete = () => {
              opening.result.close();
              resolve();
            };
          };
        }),
    );
    for (const page of [one, other]) {
      await page.bringToFront();
      await page.evaluate(() => window.dispatchEvent(new Event("focus")));
      await none(page).waitFor();
    }
  });

  it("list a run that the other one began, and how it ended", async () => {
    await other.goto(`${opened.server.url}#/observe`);
    const runs = other.getByRole("list", { name: "Runs" }).getByRole("listitem");
    // One that this tab began, and one of the other's.
    await expect.poll(() => runs.count()).toBe(2);
    await ran(one);
    await expect.poll(() => runs.count()).toBe(3);
    await runs
      .first()
      .getByText(/accepted/)
      .waitFor();
  });

  it("work with what one of them set, both: a form shows it, and a plugin of the product itself has it", async () => {
    const opens = async (page: Page, id: string, title: string) => {
      await page.getByRole("button", { name: id }).click();
      await page.getByRole("button", { name: `Settings: ${title}` }).click();
      return page.getByRole("form", { name: `Settings of ${title}` });
    };
    await other.goto(`${opened.server.url}#/extend`);
    const [here, there] = [await opens(one, "orrery.cost", "Cost"), await opens(other, "orrery.cost", "Cost")];
    await here.getByLabel("dayCapUsd", { exact: true }).fill("2");
    await here.getByRole("button", { name: "Save settings" }).click();
    await here.getByRole("status").filter({ hasText: "Saved" }).waitFor();
    await expect.poll(() => there.getByLabel("dayCapUsd", { exact: true }).inputValue()).toBe("2");
    const planner = await opens(one, "orrery.planner", "Planner");
    await planner.getByLabel("agents", { exact: true }).fill("1");
    await planner.getByRole("button", { name: "Save settings" }).click();
    await planner.getByRole("status").filter({ hasText: "Saved" }).waitFor();
    await other.goto(`${opened.server.url}#/`);
    await runExample(other);
    await expect.poll(() => other.getByRole("tree", { name: "Team outline" }).getByRole("treeitem").count()).toBe(1);
  });
});
