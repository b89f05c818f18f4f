import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { signRunFile } from "@orrery/sdk/archive";
import { generateKey } from "@orrery/sdk/package";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { builtPage } from "../support/built-page.ts";
import { cli, type Cli } from "../support/cli.ts";
import { runExample } from "../support/open-page.ts";
import { serveOrrery } from "../support/orrery-server.ts";
import { samplePackage } from "../support/sample-package.ts";
import { fits } from "../support/sound.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
// A key, so that there are paid models to choose; nothing is spent in these tests.
const key = await generateKey();
const settle = (home: string) => writeFile(join(home, "publisher-key.json"), JSON.stringify(key));
const opened = builtPage({ serve: () => serveOrrery({ ANTHROPIC_API_KEY: "never-used" }, settle) });

/** A report as the page shows it: its text without white space, so that only words and citations count. */
const shown = async (page: Page) =>
  ((await page.getByRole("region", { name: "Report" }).locator(".prose-report").textContent()) ?? "").replace(/\s+|source: /g, "");

describe("the same page over a Node host", () => {
  let overNode: string;
  it("runs the example there, and takes the token out of the address", async () => {
    await runExample(opened.page);
    expect(opened.page.url()).not.toContain("token");
    await opened.page.getByText("accepted", { exact: true }).first().waitFor();
    overNode = await shown(opened.page);
    expect(opened.errors).toEqual([]);
  });

  it("opens a cited sentence from the server's copy of the document", async () => {
    const { page } = opened;
    await page
      .getByRole("region", { name: "Report" })
      .getByRole("button", { name: /^source:/ })
      .first()
      .click();
    await page.getByRole("dialog").locator("[aria-current=true]").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });

  it("lists the server's runs, plugins and hooks", async () => {
    const { page } = opened;
    await page.goto(`${opened.server.origin}/#/observe`);
    await expect.poll(() => page.getByRole("list", { name: "Runs" }).getByRole("link").count()).toBe(1);
    await page.goto(`${opened.server.origin}/#/extend`);
    await page.getByRole("list", { name: "Plugins" }).getByText("orrery.runner").waitFor();
  });

  it("installs a dropped plugin on the server, and takes it away again", async () => {
    const { page } = opened;
    await page.goto(`${opened.server.origin}/#/extend`);
    const buffer = Buffer.from(await samplePackage());
    await page.getByLabel("A plugin's package").setInputFiles({ name: "signature.tgz", mimeType: "application/gzip", buffer });
    const asked = page.getByRole("region", { name: "Install Signature 1.0.0?" });
    await asked.getByRole("checkbox", { name: /keep up to 64 KB/ }).check();
    await asked.getByRole("checkbox", { name: /Nobody signed it/ }).check();
    await asked.getByRole("button", { name: "Install" }).click();
    const row = page.getByRole("listitem", { name: "Signature" });
    await page.getByText("Signature 1.0.0 is installed.").waitFor();
    await row.getByText("active", { exact: true }).waitFor();
    await row.getByRole("button", { name: "Remove Signature" }).click();
    await row.getByRole("button", { name: "Remove for good" }).click();
    await page.getByText("No plugin of anybody else's is installed").waitFor();
  });

  it("gives the same sentences with the same citations in this tab's own kernel, and at the terminal", async () => {
    const { page } = opened;
    await page.goto(`${opened.server.origin}/#/`);
    await page.getByLabel("Run tasks").selectOption("tab");
    await page.getByText("Runs in this tab.").waitFor();
    await runExample(page);
    await expect.poll(() => shown(page)).toBe(overNode);
    const terminal: Cli = await cli();
    const { object } = await terminal.json([
      "run",
      "When does the Aurora enter service, what does it cost, and what are the risks?",
      "--docs",
      join(root, "examples/aurora/documents"),
      "--json",
    ]);
    await terminal.remove();
    const tab = await page
      .getByRole("region", { name: "Report" })
      .getByRole("button", { name: /^source:/ })
      .allTextContents();
    const cited = [...object.output.matchAll(/\[([^\]#]+)#(\d+)\]/g)].map(([, path = "", n]) => `source: ${path.split("/").at(-1)}#${n}`);
    expect(tab).toEqual(cited);
  });

  it("forecasts what a paid model would cost before anything is agreed to", async () => {
    const { page } = opened;
    await page.goto(`${opened.server.origin}/#/`);
    await page.getByLabel("Run tasks").selectOption("node");
    const model = page.locator("select").filter({ hasText: "as the router decides" });
    await page.getByLabel("Task", { exact: true }).fill("When does the ferry leave, and what does it cost?");
    await page.getByText(/^Forecast: \d+ calls \(dag\) of orrery\/extractive, about [\d,]+ tokens in, [\d,]+ out, \$0\./).waitFor();
    const paid = await model.locator("option", { hasText: "(paid)" }).first().getAttribute("value");
    await model.selectOption(paid);
    await page.getByText(/^Forecast: \d+ calls \(dag\) of anthropic\/\S+, about [\d,]+ tokens in, [\d,]+ out, \$0\.\d+, \$\d+\.\d+ at most/).waitFor();
    await expect.poll(() => page.getByLabel(/^Spend at most/).inputValue()).toBe("0.05");
  });

  it("fits a narrow screen, the choice of kernel included", async () => {
    const { page } = opened;
    await page.setViewportSize({ width: 320, height: 640 });
    await page.getByLabel("Run tasks").waitFor();
    await fits(page, 320, "home over a server", 640);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it("asks a person for a run that was submitted elsewhere, and hears of the decision", async () => {
    const { page } = opened;
    const { origin, url } = opened.server;
    await page.goto(`${origin}/#/`);
    await page.getByLabel("Run tasks").selectOption("node");
    const agent = (id: string, skill: string) => ({ id, role: id, prompt: "Answer from the documents.", skill });
    const answer = await fetch(`${origin}/api/runs`, {
      method: "POST",
      headers: { authorization: `Bearer ${new URL(url).hash.slice("#token=".length)}`, "content-type": "application/json" },
      body: JSON.stringify({
        task: "When does the ferry leave?",
        documents: [{ path: "ferry.md", text: "# Ferry\n\nThe ferry leaves at nine in the morning from the old harbour.\n" }],
        team: {
          name: "two at the harbour",
          agents: [agent("reader", "research"), agent("writer", "write")],
          topology: { id: "sequential" },
          gates: [{ id: "harbour", before: "writer", ask: "Shall the writer begin?" }],
        },
      }),
    });
    expect(answer.status).toBe(202);
    const inbox = page.getByRole("link", { name: /^Inbox/ });
    await expect.poll(() => inbox.getAttribute("aria-label")).toBe("Inbox, 1 question");
    await inbox.click();
    await page.getByRole("region", { name: "Shall the writer begin?" }).getByRole("button", { name: "Approve" }).click();
    await page.getByText("Nothing waits for a person").waitFor();
    const { runId } = (await answer.json()) as { runId: string };
    await page.goto(`${origin}/#/run/${runId}`);
    await page.getByRole("region", { name: "What the run was told" }).getByText("approved").first().waitFor();
    await page.getByRole("button", { name: "Save as Markdown" }).waitFor();
  });

  it("takes out on the server what the newer runs leave no room for, and takes it in again with the person's own signature", async () => {
    const { page } = opened;
    const { origin, url } = opened.server;
    const { runs } = await opened.server.call<{ runs: { run: string }[] }>("GET", "/api/runs");
    expect(runs).toHaveLength(2);
    const [newer, older] = runs.map(({ run }) => run);
    const headers = { authorization: `Bearer ${new URL(url).hash.slice("#token=".length)}` };
    const file = await signRunFile(await (await fetch(`${origin}/api/runs/${older}/export`, { headers })).text(), key);
    await page.goto(`${opened.server.origin}/#/observe/kept`);
    await page.getByLabel("Beyond, in megabytes").fill("0");
    await page.getByRole("button", { name: "Prune now" }).click();
    const going = page.getByRole("group", { name: "What would go" });
    await going.getByText(/^1 run with [1-9][\d.]* [kM]B would go now\./).waitFor();
    await going.getByRole("button", { name: "Take out for good" }).click();
    await page.getByText("1 run taken out.").waitFor();
    expect((await opened.server.call<{ runs: { run: string }[] }>("GET", "/api/runs")).runs.map(({ run }) => run)).toEqual([newer]);

    await page.goto(`${origin}/#/observe`);
    await page.getByLabel("A run's file").setInputFiles({ name: "run.jsonl", mimeType: "application/x-ndjson", buffer: Buffer.from(file) });
    await page.waitForURL(new RegExp(`#/run/${older}`));
    await page.goto(`${origin}/#/observe/traces/${older}`);
    await page.getByRole("button", { name: "Verify" }).click();
    await page.getByText(`Signed by ${key.fingerprint}, your own key.`).waitFor();
  });

  it("says of the run it shows that it was removed on the server, and leads back", async () => {
    const { page } = opened;
    const { runs } = await opened.server.call<{ runs: { run: string }[] }>("GET", "/api/runs");
    const [newer, older] = runs.map(({ run }) => run);
    await page.goto(`${opened.server.origin}/#/run/${older}`);
    await page.getByRole("button", { name: "Save as Markdown" }).waitFor();
    await opened.server.call("POST", "/api/runs/prune", { keep: 1 });
    const alert = page.getByRole("alert").filter({ hasText: "This run was removed" });
    await alert.getByRole("link", { name: "Runs that are here" }).click();
    const listed = page.getByRole("list", { name: "Runs" }).getByRole("link");
    await expect.poll(() => listed.count()).toBe(1);
    expect(await listed.getAttribute("href")).toContain(newer);
  });

  it("says so when the server goes, and does not lose the page", async () => {
    const { page } = opened;
    await page.goto(`${opened.server.origin}/#/`);
    await page.getByLabel("Run tasks").selectOption("node");
    await opened.server.close();
    await page.getByText("The server does not answer. Trying again…").waitFor();
    await page.getByLabel("Run tasks").selectOption("tab");
    await page.getByText("Runs in this tab.").waitFor();
  });
});
