import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { servedPage } from "../support/built-page.ts";
import { ended, kernelReady, openPage } from "../support/open-page.ts";

const served = servedPage();

const notes = "# Pump\n\nThe pump was replaced on 4 May. It moves 120 litres a minute. Nobody has complained since.\n";

/** A drop as the browser makes it, on the task box. */
async function drop(page: Page, files: Record<string, string>): Promise<void> {
  const transfer = await page.evaluateHandle((given) => {
    const data = new DataTransfer();
    for (const [name, text] of Object.entries(given)) data.items.add(new File([text], name));
    return data;
  }, files);
  await page.locator("form").first().dispatchEvent("drop", { dataTransfer: transfer });
}

describe("documents of one's own", () => {
  it("are read when dropped, and the answer is cited to them", async () => {
    const { page, errors, close } = await openPage(served.browser, served.server.url);
    await kernelReady(page);
    await drop(page, { "pump.md": notes, "broken.pdf": "%PDF-1.7 not really" });
    for (const name of ["pump.md", "broken.pdf"]) await page.getByRole("list", { name: "Documents" }).getByText(name).waitFor();
    await page.getByLabel("Task", { exact: true }).fill("When was the pump replaced?");
    await page.getByRole("button", { name: "Run in this tab" }).click();
    await ended(page);
    const report = page.getByRole("region", { name: /Report/ });
    await expect.poll(() => report.textContent()).toContain("The pump was replaced on 4 May.");
    await report
      .getByRole("button", { name: /^source:\s*pump\.md\s*#1$/ })
      .first()
      .waitFor();
    await expect.poll(() => page.getByRole("region", { name: "Not read" }).textContent()).toContain("broken.pdf");
    expect(errors).toEqual([]);
    await close();
  });

  it("can be taken out again before the run", async () => {
    const { page, close } = await openPage(served.browser, served.server.url);
    await page.getByTestId("files").setInputFiles([{ name: "a.md", mimeType: "text/markdown", buffer: Buffer.from(notes) }]);
    await page.getByRole("button", { name: "Remove a.md" }).click();
    await page.getByRole("list", { name: "Documents" }).waitFor({ state: "detached" });
    await close();
  });

  it("run under the topology that was chosen", async () => {
    const { page, close } = await openPage(served.browser, served.server.url);
    await page.getByTestId("files").setInputFiles([{ name: "a.md", mimeType: "text/markdown", buffer: Buffer.from(notes) }]);
    await page.getByLabel("Task", { exact: true }).fill("How much does the pump move?");
    await page.getByLabel("How they work together").selectOption("sequential");
    await page.getByRole("button", { name: "Run in this tab" }).click();
    await ended(page);
    await page.getByText(/^sequential · /).waitFor();
    await close();
  });
});
