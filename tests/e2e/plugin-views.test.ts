import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { builtPage } from "../support/built-page.ts";
import { runExample } from "../support/open-page.ts";
import { serveOrrery } from "../support/orrery-server.ts";
import { fits, nothingForAxe } from "../support/sound.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** One of every block there is, and a text that would be markup if anything took it for that. */
const gallery = `import { definePlugin } from "@orrery/sdk";
export default definePlugin({
  manifest: { id: "acme.gallery", version: "1.0.0", api: "^1.0", capabilities: [{ name: "ui.view", reason: "to show" }] },
  setup({ tap }) {
    tap("ui.view", ({ place }) => place === "run" ? undefined : ({ title: "Gallery", blocks: [
      { kind: "heading", text: "Of all kinds" },
      { kind: "text", text: "<img src=x onerror=alert(1)>", tone: "warn" },
      { kind: "stat", label: "Tokens", value: 12345, unit: "tok", note: "this week" },
      { kind: "stat", label: "State", value: "calm" },
      { kind: "values", entries: [{ name: "Paid", value: false }, { name: "Share", value: 0.25 }] },
      { kind: "chart", as: "line", title: "Scores", labels: ["a", "b", "c"], series: [{ name: "ours", values: [1, -2, 3] }, { name: "theirs", values: [2, 2, 2] }] },
      { kind: "list", items: ["one", { run: "run_x", label: "a run" }] },
      { kind: "link", run: "run_y", label: "Another run" },
    ] }));
  },
});`;
/** Shows what is no view. */
const broken = gallery.replace("acme.gallery", "acme.broken").replace('title: "Gallery", blocks: [', 'title: "Broken", html: "<b>", blocks: [');

async function settle(home: string): Promise<void> {
  await writeFile(join(home, "gallery.js"), gallery);
  await writeFile(join(home, "broken.js"), broken);
  const files = [join(root, "examples/plugins/work-log.js"), join(home, "gallery.js"), join(home, "broken.js")];
  await writeFile(join(home, "config.json"), JSON.stringify({ sandboxed: files.map((file) => ({ file, grant: ["ui.view"] })) }));
}

const opened = builtPage({ serve: () => serveOrrery({}, settle) });
const view = (name: string) => opened.page.getByRole("region", { name });

describe("views of plugins in the page", () => {
  it("stand under Extend, each drawn from its blocks as text, one that is no view told beside the others", async () => {
    const { page } = opened;
    await page.goto(`${opened.server.origin}/#/extend/views`);
    await view("Gallery").getByText("<img src=x onerror=alert(1)>").waitFor();
    await view("Gallery").getByText("12,345").waitFor();
    const chart = view("Gallery").getByRole("figure", { name: /Scores/ });
    await expect.poll(() => chart.locator("polyline").count()).toBe(2);
    expect(await view("Gallery").getByRole("link", { name: "Another run" }).getAttribute("href")).toContain("#/run/run_y");
    await view("Work log").getByText("Nothing has been done since this plugin was loaded.").waitFor();
    await expect.poll(() => view("acme.broken").textContent()).toMatch(/It shows nothing.*TAP_ANSWER_INVALID/s);
    await view("Gallery").getByText("As a table").click();
    await view("Gallery").getByRole("row", { name: "b -2 2" }).waitFor();
  });

  it("and beside a run, in its inspector", async () => {
    const { page } = opened;
    await page.goto(`${opened.server.origin}/#/`);
    const run = await runExample(page);
    await page.goto(`${opened.server.origin}/#/run/${run}?tab=views`);
    await view("Who did what").getByRole("columnheader", { name: "Agent" }).waitFor();
    await expect.poll(() => view("Who did what").getByRole("row").count()).toBeGreaterThan(1);
    await page.goto(`${opened.server.origin}/#/extend/views`);
    await view("Work log").locator("rect").first().waitFor();
    expect(opened.errors).toEqual([]);
  });

  it("are without a fault for axe in both themes and fit 320 pixels", async () => {
    const { page } = opened;
    await nothingForAxe(page, "views");
    await fits(page, 320, "views");
  });
});
