import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signRunFile } from "@orrery/sdk/archive";
import { generateKey, signPackage } from "@orrery/sdk/package";
import { afterAll, beforeAll, expect, it } from "vitest";
import { servedPage } from "../support/built-page.ts";
import { openPage, runExample } from "../support/open-page.ts";
import { samplePackage } from "../support/sample-package.ts";

const served = servedPage();
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "orrery-run-file-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

it("a run made in one browser is exported, and another takes it in, shows it, says whose signature it has, and refuses it when somebody changed it", async () => {
  const first = await openPage(served.browser, served.server.url);
  const run = await runExample(first.page);
  const report = (await first.page.getByRole("region", { name: "Report" }).textContent()) ?? "";
  await first.page.goto(`${served.server.url}#/observe/traces/${run}`);
  await first.page.getByRole("button", { name: "Verify" }).click();
  await first.page.getByText(/^The chain holds: .* Nobody signed it\.$/).waitFor();
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
  const key = await generateKey();
  const signed = join(dir, "signed.jsonl");
  writeFileSync(signed, await signRunFile(readFileSync(file, "utf8"), key));
  await page.getByLabel("A run's file").setInputFiles(signed);
  await page.waitForURL(new RegExp(`#/run/${run}`));
  await expect.poll(() => page.getByRole("region", { name: "Report" }).textContent()).toBe(report);
  await page.goto(`${served.server.url}#/observe`);
  await page.getByLabel("A run's file").setInputFiles(file);
  await page.getByText("RUN_EXISTS").waitFor();

  const saysSigner = async (whose: string) => {
    await page.goto(`${served.server.url}#/observe/traces/${run}`);
    await page.getByRole("button", { name: "Verify" }).click();
    await page.getByText(`as written. Signed by ${key.fingerprint}, ${whose}.`).waitFor();
  };
  await saysSigner("a key that is not known here");
  await page.goto(`${served.server.url}#/extend`);
  const buffer = Buffer.from(await signPackage(await samplePackage({ capabilities: {}, setup: "" }), key));
  await page.getByLabel("A plugin's package").setInputFiles({ name: "signature.tgz", mimeType: "application/gzip", buffer });
  await page.getByRole("region", { name: "Install Signature 1.0.0?" }).getByRole("button", { name: "Install" }).click();
  await page.getByRole("listitem", { name: "Signature" }).getByText("active").waitFor();
  await saysSigner("the key of the installed plugin acme.signature");
  expect(second.errors).toEqual([]);
  await second.close();
});
