import { readFile } from "node:fs/promises";
import { LLMock } from "@copilotkit/aimock";
import type { RunReport } from "@orrery/sdk";
import type { Page } from "playwright-core";
import { afterAll, describe, expect, it } from "vitest";
import { builtPage } from "../support/built-page.ts";
import { kernelReady, openPage } from "../support/open-page.ts";
import { type OrreryServer, serveOrrery } from "../support/orrery-server.ts";
import { fits, nothingForAxe } from "../support/sound.ts";

let run: RunReport;

const team = {
  name: "the night shift",
  agents: ["ada", "bob"].map((id) => ({ id, role: "clerk", prompt: "Keep the log.", skill: "write", tools: ["files"] })),
  topology: { id: "sequential" },
};
const ask = (task: string) => opened.server.call<RunReport>("POST", "/api/runs?wait=true", { task, team, model: "openai/gpt-4o", budget: 1 });
const path = "log/night.md";
const writes = (id: string, content: string) => ({ id, name: "files_write", arguments: JSON.stringify({ path, content }) });

const emulator = new LLMock({ port: 0 });
async function serve(): Promise<OrreryServer> {
  emulator.on(
    { userMessage: /./, hasToolResult: false },
    { toolCalls: [writes("w1", "one\nlast\n"), writes("w2", "one\ntwo <script>alert(1)</script>\nlast\n")] },
  );
  // Bob, who hears Ada, has the last word: what she said is hers alone.
  emulator.on({ userMessage: /### ada/, hasToolResult: true }, { content: "## Log\n\nThe doors were shut.\n" });
  emulator.on({ userMessage: /./, hasToolResult: true }, { content: "## Log\n\nThe harbour was quiet.\n" });
  await emulator.start();
  return serveOrrery({ OPENAI_API_KEY: "key-of-the-emulator", OPENAI_BASE_URL: `${emulator.url}/v1` });
}
afterAll(() => emulator.stop());
const opened = builtPage({
  serve,
  begin: async () => {
    run = await ask("Keep the harbour's log");
  },
});

const files = (page: Page) => page.getByRole("list", { name: "Files" });
async function openFiles(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.getByRole("tab", { name: "output" }).click();
  await files(page).getByText(path).click();
}

describe("the files of a run in the page", () => {
  it("are listed with their versions, with what each changed, and can be downloaded", async () => {
    const { page } = opened;
    expect(run.error).toBeUndefined();
    await openFiles(page, `${opened.server.origin}/#/run/${run.runId}`);
    const choice = files(page).getByLabel(`Version of ${path}`);
    await expect.poll(() => choice.locator("option").allTextContents()).toEqual(["1 by r0/ada", "2 by r0/ada", "3 by r0/bob", "4 by r0/bob"]);
    const content = () => files(page).getByRole("region").textContent();
    await expect.poll(content).toBe("one\ntwo <script>alert(1)</script>\nlast\n");
    await choice.selectOption("1");
    await expect.poll(content).toBe("one\nlast\n");
    await choice.selectOption("2");
    await files(page).getByRole("button", { name: "Show what it changed" }).click();
    await expect.poll(content).toMatch(/ one\n\+two <script>alert\(1\)<\/script>\n last/);
    await choice.selectOption("1");
    await expect.poll(content).toMatch(/--- nothing[\s\S]*\+one\n\+last/);
    const [download] = await Promise.all([page.waitForEvent("download"), files(page).getByRole("button", { name: "Download" }).click()]);
    expect(download.suggestedFilename()).toBe("night.md");
    expect(await readFile(await download.path(), "utf8")).toBe("one\nlast\n");
    expect(opened.errors).toEqual([]);
  });

  it("have nothing for axe to find, and fit 320 pixels", async () => {
    const { page } = opened;
    await nothingForAxe(page, "files");
    await fits(page, 320, "files");
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it("are there in a tab that the run was brought to", async () => {
    const { server } = opened;
    const jsonl = await fetch(`${server.origin}/api/runs/${run.runId}/export`, {
      headers: { authorization: `Bearer ${new URL(server.url).hash.slice("#token=".length)}` },
    }).then((answer) => answer.text());
    const tab = await openPage(opened.browser, `${server.origin}/#/observe`);
    await kernelReady(tab.page);
    await tab.page.getByLabel("A run's file").setInputFiles({ name: "run.jsonl", mimeType: "application/x-ndjson", buffer: Buffer.from(jsonl) });
    await tab.page.waitForURL(/#\/run\//);
    await openFiles(tab.page, tab.page.url());
    await expect.poll(() => files(tab.page).getByRole("region").textContent()).toContain("two <script>");
    // A fork that keeps all has them too, in the version they were.
    await tab.page.getByRole("button", { name: "Fork" }).click();
    await tab.page.getByRole("button", { name: "Fork the run" }).click();
    await tab.page.waitForURL((url) => url.hash.startsWith("#/run/") && !url.hash.includes(run.runId));
    // The address changes before the room does: what is clicked until then is the first run's.
    await tab.page.getByText("Forked from").waitFor();
    await tab.page.getByText("accepted", { exact: true }).first().waitFor();
    await openFiles(tab.page, tab.page.url());
    await expect.poll(() => files(tab.page).getByLabel(`Version of ${path}`).locator("option").count()).toBe(4);
    expect(tab.errors).toEqual([]);
    await tab.close();
  });
});

describe("agents in the page", () => {
  const card = (page: Page) => page.getByRole("article", { name: "the night shift/ada" });

  it("are found from a run, with what each did and remembers", async () => {
    const { page } = opened;
    await page.goto(`${opened.server.origin}/#/run/${run.runId}?step=ada&tab=input`);
    await page.getByRole("link", { name: "Its other runs, and what it remembers" }).click();
    await card(page).getByText("The harbour was quiet.").waitFor();
    await expect
      .poll(() => page.getByRole("list", { name: "Agents" }).getByRole("link").allTextContents())
      .toEqual(["adathe night shift · 1 run · remembers 1", "bobthe night shift · 1 run · remembers 1"]);
    await expect.poll(() => card(page).getByRole("region", { name: "Runs of the agent" }).getByRole("link").textContent()).toMatch(/^Keep the harbour's log/);
    await nothingForAxe(page, "agents");
    await fits(page, 320, "agents");
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it("see it again in the next run that it bears on, and the page says whose memory it was", async () => {
    const { page } = opened;
    const again = await ask("Keep the harbour's log again");
    expect(again.memory.recalled.flatMap(({ agent }) => agent ?? []).sort()).toEqual(["ada", "bob"]);
    await page.goto(`${opened.server.origin}/#/run/${again.runId}?step=ada&tab=input`);
    await expect.poll(() => page.getByRole("tabpanel").getByText("its own memory: ").count()).toBe(1);
  });

  it("forget one thing, or everything after a second word, and nobody else does", async () => {
    const { page } = opened;
    await page.goto(`${opened.server.origin}/#/build/agents`);
    await page.getByRole("link", { name: /^ada/ }).click();
    const memories = card(page).getByRole("list", { name: "Memories" }).getByRole("listitem");
    await expect.poll(() => memories.count()).toBe(2);
    await memories
      .first()
      .getByRole("button", { name: /^Forget/ })
      .click();
    await expect.poll(() => memories.count()).toBe(1);
    await card(page).getByRole("button", { name: "Forget everything" }).click();
    await card(page).getByRole("button", { name: "Forget 1 thing for good" }).click();
    await card(page).getByText("Nothing of its own.").waitFor();
    expect(await opened.server.call("GET", `/api/agents/${encodeURIComponent("the night shift/bob")}`)).toMatchObject({ episodes: 2 });
    await page.goto(`${opened.server.origin}/#/build/agents/nobody`);
    await page.getByText("AGENT_UNKNOWN").waitFor();
    expect(opened.errors).toEqual([]);
  });
});
