import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { builtPage } from "../support/built-page.ts";
import { kernelReady, runExample } from "../support/open-page.ts";
import { samplePackage } from "../support/sample-package.ts";
import { sound } from "../support/sound.ts";

let page: Page;
const opened = builtPage({
  at: "#/extend",
  begin: async (built) => {
    ({ page } = built);
  },
});

const choose = async (bytes: Uint8Array, name = "signature-1.0.0.tgz") =>
  page.getByLabel("A plugin's package").setInputFiles({ name, mimeType: "application/gzip", buffer: Buffer.from(bytes) });
const prompt = (title: string) => page.getByRole("region", { name: title });
const row = () => page.getByRole("listitem", { name: "Signature" });

/** Everything that the databases of the kernel hold, as text. */
const kept = () =>
  page.evaluate(async () => {
    const texts: string[] = [];
    for (const { name } of await indexedDB.databases()) {
      if (!name?.endsWith(".state")) continue;
      const database = await new Promise<IDBDatabase>((resolve) => {
        const ask = indexedDB.open(name);
        ask.onsuccess = () => resolve(ask.result);
      });
      for (const store of database.objectStoreNames) {
        const all = await new Promise<unknown>((resolve) => {
          const ask = database.transaction(store).objectStore(store).getAll();
          ask.onsuccess = () => resolve(ask.result);
        });
        texts.push(JSON.stringify(all));
      }
      database.close();
    }
    return texts.join("\n");
  });

describe("installing a plugin in the page", () => {
  it("refuses what is no package, with a code and what to do", async () => {
    await kernelReady(page);
    await page.getByText("No plugin of anybody else's is installed").waitFor();
    await choose(new TextEncoder().encode("no archive at all"), "notes.tgz");
    const alert = page.getByRole("alert").filter({ hasText: "notes.tgz was not taken" });
    await alert.waitFor();
    await expect.poll(() => alert.textContent()).toMatch(/the package was refused.*Do not install it.*PACKAGE_ARCHIVE_INVALID/s);
  });

  it("asks in words, says that nobody signed it, and installs nothing until that is agreed to", async () => {
    await choose(await samplePackage({ config: { properties: { word: { type: "string", default: "signed", description: "What it writes." } } } }));
    const asked = prompt("Install Signature 1.0.0?");
    await asked.waitFor();
    expect(await asked.textContent()).toMatch(/Not signed.*keep up to 64 KB.*Because: it remembers what it signed.*see and change what every agent wrote/s);
    expect(await asked.textContent()).toMatch(/It can be set.*word: text; "signed" when nothing is said.*What it writes\./s);
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe("H2");
    const install = asked.getByRole("button", { name: "Install" });
    expect(await install.isDisabled()).toBe(true);
    await sound(page, "the prompt");
    await page.keyboard.press("Escape");
    await asked.waitFor({ state: "detached" });
    await choose(await samplePackage());
    // By keyboard: the first capability, then what is to be agreed to.
    await asked.getByRole("checkbox", { name: /keep up to 64 KB/ }).focus();
    await page.keyboard.press("Space");
    await asked.getByRole("checkbox", { name: /Nobody signed it/ }).focus();
    await page.keyboard.press("Space");
    await install.focus();
    await page.keyboard.press("Enter");
    await page.getByText("Signature 1.0.0 is installed.").waitFor();
  });

  it("shows what it may, what it was denied, and denials while they happen", async () => {
    await row().getByText("active", { exact: true }).waitFor();
    await expect.poll(() => row().textContent()).toMatch(/Not signed.*64 KB.*allowed.*used.*api\.example.*denied/s);
    await sound(page, "the list");
    await page.goto(`${opened.server.url}#/`);
    await runExample(page);
    await page.locator("main").getByText("(signed)").first().waitFor();
    await page.goto(`${opened.server.url}#/extend`);
    await row()
      .getByText(/refused [1-9]\d* times/)
      .waitFor();
  });

  it("is there after a reload, and an update says what changes", async () => {
    await page.reload();
    await row().getByText("active", { exact: true }).waitFor();
    const capabilities = { "storage:64KB": "it remembers", "model.call": "it asks for a better line" };
    await choose(await samplePackage({ version: "1.1.0", capabilities, budget: { runUsd: 0.1, dayUsd: 1, reason: "good lines cost money" } }));
    const asked = prompt("Update Signature from 1.0.0 to 1.1.0?");
    await asked.waitFor();
    expect(await asked.textContent()).toMatch(/\+ asks for model\.call.*− asks no longer for net:api\.example:GET/s);
    expect(await asked.getByRole("checkbox", { name: /keep up to 64 KB/ }).isChecked()).toBe(true);
    expect(await asked.getByRole("checkbox", { name: /ask language models/ }).isChecked()).toBe(false);
    expect(await asked.textContent()).toMatch(/\+ asks to spend up to \$0\.10 a run, \$1\.00 a day on models; before: nothing on models/);
    const budget = asked.getByRole("checkbox", { name: /spend up to \$0\.10 a run, \$1 a day on models.*Because: good lines cost money/s });
    expect(await budget.isChecked()).toBe(false);
    await asked.getByRole("checkbox", { name: /Nobody signed it/ }).check();
    // Money is for asking models: it takes that along, and goes with it.
    await budget.check();
    const models = asked.getByRole("checkbox", { name: /ask language models/ });
    expect(await models.isChecked()).toBe(true);
    await models.uncheck();
    expect(await budget.isChecked()).toBe(false);
    await budget.check();
    await asked.getByLabel("At most a run, in US dollars").fill("0.2");
    await asked.getByRole("alert").waitFor();
    expect(await asked.getByRole("button", { name: "Update" }).isDisabled()).toBe(true);
    await asked.getByLabel("At most a run, in US dollars").fill("0.05");
    await asked.getByLabel("At most a day, in US dollars").fill("0.5");
    await sound(page, "the update");
    await asked.getByRole("button", { name: "Update" }).click();
    await page.getByText("Signature 1.1.0 is installed.").waitFor();
    await row().getByText("May spend up to $0.0500 a run, $0.50 a day on models").waitFor();
    await expect.poll(() => row().textContent()).toMatch(/it asked for up to \$0\.10 a run, \$1\.00 a day.*\$0 of \$0\.50 spent today/s);
    await sound(page, "the budget");
  });

  it("changes its budget without an install, within what it asks for, and keeps it", async () => {
    const change = () => row().getByRole("button", { name: "Change the budget of Signature" });
    await change().click();
    const form = page.getByRole("form", { name: "Budget of Signature" });
    await form.getByLabel("At most a run, in US dollars").fill("0.2");
    await form.getByRole("alert").waitFor();
    expect(await form.getByRole("button", { name: "Save budget" }).isDisabled()).toBe(true);
    await form.getByLabel("At most a run, in US dollars").fill("0.02");
    await form.getByLabel("At most a day, in US dollars").fill("0.3");
    await sound(page, "the budget changed");
    await form.getByRole("button", { name: "Save budget" }).click();
    await row().getByText("May spend up to $0.0200 a run, $0.30 a day on models").waitFor();
    await change().click();
    await form.getByLabel("At most a day, in US dollars").fill("0.4");
    await page.keyboard.press("Escape");
    await form.waitFor({ state: "detached" });
    await page.reload();
    await row().getByText("May spend up to $0.0200 a run, $0.30 a day on models").waitFor();
  });

  it("goes back to the version before, with what that was granted", async () => {
    await row().getByRole("button", { name: "Back to 1.0.0: Signature" }).click();
    await row()
      .getByText(/acme\.signature 1\.0\.0/)
      .waitFor();
    await expect.poll(() => row().textContent()).not.toMatch(/May spend|Back to/);
  });

  it("shows what is in quarantine, and starts it again when it is told to", async () => {
    await page.evaluate(
      () =>
        new Promise<void>((resolve, reject) => {
          const opening = indexedDB.open("orrery.state");
          opening.onerror = () => reject(opening.error);
          opening.onsuccess = () => {
            const changing = opening.result.transaction("packages", "readwrite");
            const packages = changing.objectStore("packages");
            const asked = packages.get("acme.signature");
            asked.onsuccess = () => packages.put({ ...asked.result, held: { code: "SANDBOX_SILENT", message: "it gave no sign of life", at: Date.now() } });
            changing.oncomplete = () => {
              opening.result.close();
              resolve();
            };
          };
        }),
    );
    await page.reload();
    await row().getByText("quarantined", { exact: true }).waitFor();
    await expect
      .poll(() => row().textContent())
      .toMatch(/SANDBOX_QUARANTINED: acme\.signature is in quarantine since .*it gave no sign of life \(SANDBOX_SILENT\)/);
    await sound(page, "quarantine");
    await row().getByRole("button", { name: "Start again: Signature" }).click();
    await row().getByText("active", { exact: true }).waitFor();
    await expect.poll(() => row().textContent()).not.toContain("quarantine");
  });

  it("removes it once that was confirmed, with everything it kept", async () => {
    await row().getByRole("button", { name: "Remove Signature" }).click();
    await row().getByRole("button", { name: "Keep it" }).click();
    await row().getByRole("button", { name: "Remove Signature" }).click();
    await sound(page, "the removal");
    await row().getByRole("button", { name: "Remove for good" }).click();
    await page.getByText("No plugin of anybody else's is installed").waitFor();
    await expect.poll(kept).not.toMatch(/acme|kept by/);
    // One machine is kept warm for the next.
    await expect.poll(() => page.locator("iframe[sandbox]").count()).toBeLessThanOrEqual(1);
    expect(opened.requests.filter((url) => new URL(url).origin !== new URL(opened.server.url).origin)).toEqual([]);
  });
});
