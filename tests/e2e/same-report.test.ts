import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { servedPage } from "../support/built-page.ts";
import { type Cli, cli } from "../support/cli.ts";
import { ended, kernelReady, openPage } from "../support/open-page.ts";

const question = "How does the plugin system isolate errors, and what are its limits?";
const source = "host-node/node_modules/fastify/docs";

const served = servedPage();
let person: Cli;
let folder: string;
beforeAll(async () => {
  [person, folder] = await Promise.all([cli(), mkdtemp(join(tmpdir(), "orrery-docs-"))]);
  // Flat: a file chosen in a page has a name and no folder.
  for (const entry of await readdir(source, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith(".md")) continue;
    const path = join(entry.parentPath, entry.name);
    await writeFile(join(folder, relative(source, path).replaceAll(/[\\/]/g, "-")), await readFile(path));
  }
});
afterAll(async () => {
  await person?.remove();
  await rm(folder, { recursive: true, force: true });
});

describe("one task over documents nobody here wrote, at the terminal and in a tab", () => {
  it("gives the same sentences with the same citations from the same plugin files, and no request leaves the tab", async () => {
    const { object } = await person.json(["run", question, "--docs", folder]);
    expect(object.status).toBe("accepted");

    const { page, requests, errors, close } = await openPage(served.browser, served.server.url);
    await kernelReady(page);
    const names = await readdir(folder);
    await page.getByTestId("files").setInputFiles(names.map((name) => join(folder, name)));
    await page.getByLabel("Task", { exact: true }).fill(question);
    await page.getByRole("button", { name: "Run in this tab" }).click();
    await ended(page);
    const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save as Markdown" }).click()]);
    const report = await readFile(await saved.path(), "utf8");

    expect(report.trim()).toBe(object.output.trim());
    expect(report.match(/\[[^\]]+#\d+\]$/gm)?.length).toBeGreaterThan(8);
    expect(requests.every((address) => address.startsWith(new URL(served.server.url).origin))).toBe(true);
    expect(errors).toEqual([]);
    await close();
  });
});
