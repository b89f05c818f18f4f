import type { Page } from "playwright-core";
import { afterAll, expect, it } from "vitest";
import { builtPage } from "../support/built-page.ts";
import { type HeldModel, heldModel } from "../support/held-model.ts";
import { ended, exampleButton, startExample } from "../support/open-page.ts";
import { sound } from "../support/sound.ts";

let model: HeldModel;
const opened = builtPage({
  begin: async ({ page, server }) => {
    model = await heldModel();
    await model.connect(page, server.url);
  },
});
afterAll(() => model?.stop());

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
  await startExample(page);
  const run = page.url();
  await model.asked();
  const session = await context.newCDPSession(page);
  const { origin } = new URL(opened.server.url);
  await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
  // The browser goes by what it last measured for a while.
  await expect.poll(() => writing(page), { timeout: 90_000 }).toBe("QuotaExceededError");
  model.answer();
  const stopped = page.getByText("This run was interrupted").locator("..");
  await stopped.getByText("STORAGE_FULL").waitFor();
  await expect.poll(() => stopped.textContent()).toMatch(/no room left.*Make room under Observe → What is kept.*had settled/s);
  await sound(page, "no room");
  await stopped.getByRole("link", { name: "What is kept" }).click();
  await page.getByRole("list", { name: "Runs by their size" }).getByRole("listitem").first().waitFor();
  await page.goto(`${opened.server.url}#/`);
  await exampleButton(page).click();
  await page.getByRole("alert").getByText("STORAGE_FULL").waitFor();
  await session.send("Storage.overrideQuotaForOrigin", { origin });
  await expect.poll(() => writing(page), { timeout: 90_000 }).toBe("written");
  await page.goto(run);
  await stopped.getByRole("button", { name: "Resume" }).click();
  await ended(page);
});
