import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { servedPage } from "../support/built-page.ts";
import { openPage, runExample } from "../support/open-page.ts";

const served = servedPage();
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "orrery-run-file-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

it("a run made in one browser is exported, and another takes it in, shows it, and refuses it when somebody changed it", async () => {
  const first = await openPage(served.browser, served.server.url);
  const run = await runExample(first.page);
  const report = (await first.page.getByRole("region", { name: "Report" }).textContent()) ?? "";
  await first.page.goto(`${served.server.url}#/observe/traces/${run}`);
  await first.page.getByRole("button", { name: "Verify" }).click();
  await first.page.getByText("The chain holds").waitFor();
  const [download] = await Promise.all([first.page.waitForEvent("download"), first.page.getByRole("button", { name: "Export" }).click()]);
  const file = join(dir, download.suggestedFilename());
  await download.saveAs(file);
  await first.close();

  const second = await openPage(served.browser, `${served.server.url}#/observe`);
  const { page } = second;
  await page.getByText("Nothing has run here yet").waitFor();
  const changed = join(dir, "changed.jsonl");
  writeFileSync(changed, readFileSync(file, "utf8").replace('"status":"accepted"', '"status":"rejected"'));
  await page.getByLabel("A run's file").setInputFiles(changed);
  await page.getByText("RUN_FILE_TORN").waitFor();
  await page.getByText("Nothing has run here yet").waitFor();
  await page.getByLabel("A run's file").setInputFiles(file);
  await page.waitForURL(new RegExp(`#/run/${run}`));
  await expect.poll(() => page.getByRole("region", { name: "Report" }).textContent()).toBe(report);
  await page.goto(`${served.server.url}#/observe`);
  await page.getByLabel("A run's file").setInputFiles(file);
  await page.getByText("RUN_EXISTS").waitFor();
  expect(second.errors).toEqual([]);
  await second.close();
});
