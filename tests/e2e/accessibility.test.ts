import type { Locator, Page } from "playwright-core";
import { beforeAll, describe, it } from "vitest";
import { builtPage } from "../support/built-page.ts";
import { kernelReady, runExample } from "../support/open-page.ts";
import { fits, nothingForAxe } from "../support/sound.ts";

/** Where a room is, and what only it shows, once it shows all that it has. */
type Room = readonly [path: string, sign: (page: Page) => Locator];

const says = (text: string) => (page: Page) => page.getByText(text).first();
const lists = (name: string) => (page: Page) => page.getByRole("list", { name, exact: true }).getByRole("listitem").first();
const tab =
  (name: string, agent = false) =>
  (page: Page) =>
    page
      .getByRole("complementary", { name: "Inspector" })
      .filter(agent ? { has: page.getByRole("heading", { name: "writer" }) } : {})
      .getByRole("tab", { name, selected: true });

const anyhow: Record<string, Room> = {
  home: ["#/", says("A team of agents reads your documents")],
  plugins: ["#/extend", lists("Plugins")],
  hooks: [
    "#/extend/hooks",
    (page) =>
      page
        .getByRole("main")
        .filter({ has: page.getByRole("heading", { level: 1, name: "Hooks" }) })
        .getByRole("article")
        .getByRole("heading", { level: 2 }),
  ],
  playground: ["#/extend/playground", (page) => page.locator(".cm-content")],
  models: ["#/extend/models", lists("Models")],
  views: ["#/extend/views", says("No plugin shows a view")],
  inbox: ["#/govern/approvals", says("Nothing waits for a person")],
  "no such approval": ["#/govern/approvals/none", says("What this address names was decided already")],
  "no such run": ["#/run/run_none", says("There is no such run here")],
  "no such trace": ["#/observe/traces/run_none", says("There is no trace of such a run here")],
  "no such page": ["#/nowhere", says("There is no such page")],
};
const empty: Record<string, Room> = {
  ...anyhow,
  observe: ["#/observe", says("Nothing has run here yet")],
  agents: ["#/build/agents", says("No agent has run here yet")],
  "no such agent": ["#/build/agents/nobody", says("No agent has run here yet")],
};
const filledBy = (run: string): Record<string, Room> => ({
  ...anyhow,
  observe: ["#/observe", lists("Runs")],
  agents: ["#/build/agents", lists("Agents")],
  "no such agent": ["#/build/agents/nobody", says("AGENT_UNKNOWN")],
  run: [`#/run/${run}`, (page) => page.getByRole("button", { name: "Save as Markdown" })],
  "a citation": [`#/run/${run}?cite=decision-record.md%236`, (page) => page.getByRole("dialog").locator("[aria-current=true]")],
  trace: [`#/observe/traces/${run}`, (page) => page.getByRole("group", { name: /Spans/ }).getByRole("button").first()],
  ...Object.fromEntries(["input", "output", "state", "trace", "cost", "views"].map((name) => [`the run's ${name}`, [`#/run/${run}?tab=${name}`, tab(name)]])),
  ...Object.fromEntries(["input", "output", "trace", "why"].map((name) => [`an agent's ${name}`, [`#/run/${run}?step=writer&tab=${name}`, tab(name, true)]])),
});

const opened = builtPage({ begin: ({ page }) => kernelReady(page) });

async function enter([path, sign]: Room): Promise<Page> {
  await opened.page.goto(`${opened.server.url}${path}`);
  await sign(opened.page).waitFor();
  await opened.page.getByRole("status").filter({ hasText: "…" }).first().waitFor({ state: "detached" });
  return opened.page;
}
async function nothingFound(rooms: Record<string, Room>): Promise<void> {
  for (const [name, room] of Object.entries(rooms)) await nothingForAxe(await enter(room), name);
}

describe("axe finds nothing (WCAG 2.2 A and AA)", () => {
  it("in any room while it is empty, in either theme", () => nothingFound(empty));

  describe("once there is something in it", () => {
    let filled: Record<string, Room>;
    beforeAll(async () => {
      filled = filledBy(await runExample(await enter(anyhow["home"] as Room)));
    });
    it("in any room, in either theme", () => nothingFound(filled));
    it("and nothing is cut off or scrolls sideways at 320 pixels", async () => {
      await opened.page.setViewportSize({ width: 320, height: 700 });
      for (const [name, room] of Object.entries(filled)) await fits(await enter(room), 320, name, 700);
    });
  });
});
