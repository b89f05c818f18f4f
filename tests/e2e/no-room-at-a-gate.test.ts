import { afterAll, expect, it } from "vitest";
import { builtPage } from "../support/built-page.ts";
import { loadGates } from "../support/gates-in-page.ts";
import { type HeldModel, heldModel } from "../support/held-model.ts";
import { ended, startExample } from "../support/open-page.ts";
import { roomOf } from "../support/room.ts";
import { sound } from "../support/sound.ts";

/** Asks a person before one of the researchers, beside whom others work. */
const gates = [{ id: "second", before: "researcher-2", ask: "May the second one begin?" }];

let model: HeldModel;
const opened = builtPage({
  begin: async ({ page, server }) => {
    model = await heldModel();
    await model.connect(page, server.url);
    await loadGates(page, server.url, gates);
  },
});
afterAll(() => model?.stop());

it("a run that waits for a person says that the browser without room stopped what went on beside its gate, takes no decision then, and goes on with one once there is room", async () => {
  const { page } = opened;
  await page.goto(`${opened.server.url}#/`);
  await startExample(page);
  const card = page.getByRole("region", { name: "May the second one begin?" });
  await card.waitFor();
  await model.asked();
  const room = await roomOf(page);
  await room.take();
  model.answer();
  const stopped = page.getByText("This run was interrupted while it waits").locator("..");
  await stopped.getByText("STORAGE_FULL").waitFor();
  await expect
    .poll(() => stopped.textContent())
    .toMatch(/no room left.*Make room under Observe → What is kept.*had settled.*still asks, when it is resumed or decided/s);
  await sound(page, "no room at a gate");
  await stopped.getByRole("button", { name: "Resume" }).click();
  await page.getByRole("alert").getByText("STORAGE_FULL").waitFor();
  await card.getByRole("button", { name: "Approve" }).click();
  await card.getByRole("alert").getByText("STORAGE_FULL").waitFor();
  await room.give();
  await card.getByRole("button", { name: "Approve" }).click();
  await card.waitFor({ state: "detached" });
  await ended(page);
  await stopped.waitFor({ state: "detached" });
});
