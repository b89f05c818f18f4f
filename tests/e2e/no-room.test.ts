import { afterAll, expect, it } from "vitest";
import { builtPage } from "../support/built-page.ts";
import { type HeldModel, heldModel } from "../support/held-model.ts";
import { ended, exampleButton, startExample } from "../support/open-page.ts";
import { roomOf } from "../support/room.ts";
import { sound } from "../support/sound.ts";

let model: HeldModel;
const opened = builtPage({
  begin: async ({ page, server }) => {
    model = await heldModel();
    await model.connect(page, server.url);
  },
});
afterAll(() => model?.stop());

it("a browser without room interrupts the run that goes on, says why and what to do, begins none, and goes on once there is room", async () => {
  const { page } = opened;
  await page.goto(`${opened.server.url}#/`);
  await startExample(page);
  const run = page.url();
  await model.asked();
  const room = await roomOf(page);
  await room.take();
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
  await room.give();
  await page.goto(run);
  await stopped.getByRole("button", { name: "Resume" }).click();
  await ended(page);
});
