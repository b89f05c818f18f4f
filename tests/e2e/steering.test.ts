import type { Page } from "playwright-core";
import { afterAll, describe, expect, it } from "vitest";
import { builtPage } from "../support/built-page.ts";
import { loadGates } from "../support/gates-in-page.ts";
import { type HeldModel, heldModel } from "../support/held-model.ts";
import { ended, startExample } from "../support/open-page.ts";
import { fits, nothingForAxe } from "../support/sound.ts";

/** In every plan. */
const gates = [
  { id: "begin", before: "writer", ask: "May the writer begin?" },
  { id: "sign-off", beforeFinish: true, ask: "Is the report good enough?" },
];

let model: HeldModel;
const opened = builtPage({
  begin: async ({ page, server }) => {
    model = await heldModel();
    await model.connect(page, server.url);
    await loadGates(page, server.url, gates);
  },
});

afterAll(() => model?.stop());

const steer = (page: Page) => page.getByRole("group", { name: "Steer this run" });
const card = (page: Page, ask: string) => page.getByRole("region", { name: ask });
const told = (page: Page) => page.getByRole("region", { name: "What the run was told" });
const inbox = (page: Page) => page.getByRole("link", { name: /^Inbox/ });
const begun = async (page: Page) => Number(/(\d+) begun/.exec((await page.getByRole("region", { name: "Team" }).textContent()) ?? "")?.[1]);
const start = async (page: Page): Promise<string> => {
  await page.goto(`${opened.server.url}#/`);
  const run = await startExample(page);
  await page.getByText(/predicted, \d+ begun/).waitFor();
  return run;
};

describe("a run in a tab, steered from the page", () => {
  let first: string;
  it("pauses: what is under way finishes, nothing else begins, and it goes on when told to", async () => {
    const { page } = opened;
    first = await start(page);
    const tree = page.getByRole("tree", { name: "Team outline" });
    // Its first steps are under way until the model answers.
    await model.asked();
    await tree.getByText("running").first().waitFor();
    await steer(page).getByRole("button", { name: "Pause" }).click();
    await steer(page).getByRole("button", { name: "Resume" }).waitFor();
    await page.getByText("paused", { exact: true }).first().waitFor();
    expect(await tree.getByText("running").count()).toBeGreaterThan(0);
    model.answer();
    await expect.poll(() => tree.getByText("running").count()).toBe(0);
    await expect.poll(() => tree.getByText("being judged").count()).toBe(0);
    const before = await begun(page);
    await steer(page).getByRole("button", { name: "Redirect" }).click();
    await page.getByLabel(/What the steps that start from now on/).fill("Mind the harbour's objections.");
    await page.getByRole("button", { name: "Redirect the run" }).click();
    await told(page).getByText("Mind the harbour's objections.").waitFor();
    expect(await begun(page)).toBe(before);
    await steer(page).getByRole("button", { name: "Resume" }).click();
    await card(page, "May the writer begin?").waitFor();
    await expect.poll(() => begun(page)).toBeGreaterThan(before);
  });

  it("shows a redirection in what later steps were shown", async () => {
    const { page } = opened;
    await page
      .getByRole("tree", { name: "Team outline" })
      .getByRole("treeitem")
      .filter({ hasText: /^checker/ })
      .click();
    await page.getByRole("tab", { name: "input" }).click();
    await page.getByRole("tabpanel").getByText("Mind the harbour's objections.").waitFor();
  });

  it("asks in the inbox too, which counts it, and `a` inside the card approves", async () => {
    const { page } = opened;
    await expect.poll(() => inbox(page).getAttribute("aria-label")).toBe("Inbox, 1 question");
    await inbox(page).click();
    await page.getByRole("heading", { level: 1, name: "Inbox" }).waitFor();
    await page.keyboard.press("a");
    expect(await card(page, "May the writer begin?").isVisible()).toBe(true);
    await card(page, "May the writer begin?").getByRole("button", { name: "Approve" }).focus();
    await page.keyboard.press("a");
    await card(page, "May the writer begin?").waitFor({ state: "detached" });
    const asked = card(page, "Is the report good enough?");
    await asked.waitFor();
    await expect.poll(() => asked.getByRole("region", { name: "What is to be approved" }).textContent()).toContain("Aurora");
    await asked.getByRole("button", { name: "Approve" }).click();
    await page.getByText("Nothing waits for a person").waitFor();
    await expect.poll(() => inbox(page).getAttribute("aria-label")).toBe("Inbox, empty");
    await page.goto(`${opened.server.url}#/run/${first}`);
    await ended(page);
    await page.getByText("accepted", { exact: true }).first().waitFor();
    await told(page).getByText("approved").first().waitFor();
  });

  it("has nothing for axe to find where a person is asked, and fits 320 pixels", async () => {
    const { page } = opened;
    const run = await start(page);
    await steer(page).getByRole("button", { name: "Redirect" }).click();
    await card(page, "May the writer begin?").waitFor();
    await steer(page).getByRole("button", { name: "Fork" }).click();
    await expect.poll(() => inbox(page).getAttribute("aria-label")).toBe("Inbox, 1 question");
    await nothingForAxe(page, "the run");
    await fits(page, 320, "the run");
    await page.goto(`${opened.server.url}#/govern/approvals`);
    await page.getByRole("heading", { level: 1, name: "Inbox" }).waitFor();
    await card(page, "May the writer begin?").waitFor();
    await fits(page, 320, "the inbox");
    await page.setViewportSize({ width: 1280, height: 800 });
    await nothingForAxe(page, "the inbox");
    await page.goto(`${opened.server.url}#/run/${run}`);
    await steer(page).getByRole("button", { name: "Cancel" }).click();
    await page.getByText("It was cancelled").waitFor();
  });

  it("forks at the step chosen in the outline by keyboard, and keeps what had settled", async () => {
    const { page } = opened;
    await page.goto(`${opened.server.url}#/run/${first}`);
    // Only this run was told so: until it is there, the outline is another's.
    await told(page).getByText("Mind the harbour's objections.").waitFor();
    const tree = page.getByRole("tree", { name: "Team outline" });
    await tree
      .getByRole("treeitem")
      .filter({ hasText: /^writer/ })
      .focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("f");
    const form = page.getByRole("form", { name: "Fork" });
    await expect.poll(() => form.getByLabel("Begin again at").inputValue()).toContain("writer");
    await form.getByRole("button", { name: "Fork the run" }).click();
    await page.waitForURL((url) => url.hash.startsWith("#/run/") && !url.hash.includes(first));
    await told(page).getByText("Forked from").waitFor();
    // An agent can be opened once it has a step.
    await tree.getByRole("treeitem", { expanded: false }).first().focus();
    await page.keyboard.press("ArrowRight");
    await tree.getByText("kept from the run it was forked from").first().waitFor();
  });

  it("is denied at a gate, with the note, and says so", async () => {
    const { page } = opened;
    const asked = card(page, "May the writer begin?");
    await asked.waitFor();
    await asked.getByLabel(/A note/).fill("not today");
    await asked.getByRole("button", { name: "Deny" }).click();
    await told(page).getByText("not today").waitFor();
    await page.getByText("GATE_DENIED").first().waitFor();
    await asked.waitFor({ state: "detached" });
  });

  it("is paused and resumed from another tab, and both show it", async () => {
    const { page, context } = opened;
    const run = await start(page);
    const other = await context.newPage();
    await other.goto(`${opened.server.url}#/run/${run}`);
    await steer(other).getByRole("button", { name: "Pause" }).click();
    await steer(page).getByRole("button", { name: "Resume" }).waitFor();
    await steer(other).getByRole("button", { name: "Resume" }).click();
    await steer(page).getByRole("button", { name: "Pause" }).waitFor();
    await card(other, "May the writer begin?").waitFor();
    await steer(other).getByRole("button", { name: "Cancel" }).click();
    await page.getByText("It was cancelled").waitFor();
    await other.getByText("It was cancelled").waitFor();
    await other.close();
  });

  it("is cancelled while it waits", async () => {
    const { page } = opened;
    await start(page);
    await steer(page).getByRole("button", { name: "Cancel" }).click();
    await page.getByText("It was cancelled").waitFor();
    await steer(page).getByRole("button", { name: "Pause" }).waitFor({ state: "hidden" });
    expect(opened.errors).toEqual([]);
  });
});
