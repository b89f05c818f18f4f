import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { builtPage } from "../support/built-page.ts";
import { exampleButton } from "../support/open-page.ts";

const opened = builtPage({ at: "#/extend/playground" });

async function write(page: Page, source: string): Promise<void> {
  await page.locator(".cm-content").click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(source);
}
const plugin = (setup: string, manifest = 'id: "me.first-plugin", version: "1.0.1", api: "^1.0"') => `import { definePlugin } from "@orrery/sdk";
export default definePlugin({ manifest: { ${manifest} }, setup({ tap, log, call }) { ${setup} } });`;
const load = (page: Page) => page.getByRole("button", { name: /^Load/ }).click();
const said = (page: Page) => page.getByRole("region", { name: "What it said" });
const example = async (page: Page) => {
  await page.getByRole("button", { name: "Run the example" }).click();
  // Until it is over the button has another name.
  await page.getByRole("button", { name: "Run the example" }).waitFor();
};

describe("the plugin playground", () => {
  it("opens on a plugin that loads as it is, and shows its hook fire on a real run", async () => {
    const { page } = opened;
    await load(page);
    await page.getByText(/me\.first-plugin is active/).waitFor();
    await example(page);
    await expect.poll(() => page.getByTestId("calls-step.after").textContent()).toMatch(/^\d+ calls?, last/);
    await expect.poll(() => said(page).textContent()).toMatch(/writer wrote \d+ characters/);
  });

  it("swaps in an edited version while the kernel runs", async () => {
    const { page } = opened;
    await write(page, plugin('tap("step.before", (step) => { log.info("now watching " + (step.agent.id as string)); });'));
    await page.keyboard.press("Control+Enter");
    await page.getByTestId("calls-step.before").waitFor();
    await example(page);
    await said(page).getByText("now watching writer").first().waitFor();
  });

  it("can change what a run does: a guard's denial stops it", async () => {
    const { page } = opened;
    await write(page, plugin('tap("task.submit", () => ({ decision: "deny", reason: "closed for lunch" }));'));
    await load(page);
    await page.getByTestId("calls-task.submit").waitFor();
    await page.goto(`${opened.server.url}#/`);
    await exampleButton(page).click();
    await page.getByText("closed for lunch").first().waitFor();
    await page.goto(`${opened.server.url}#/extend/playground`);
    // Still loaded, and still offered to be taken out again.
    await page.getByRole("button", { name: "Unload me.first-plugin" }).click();
    await page.getByRole("button", { name: "Unload me.first-plugin" }).waitFor({ state: "detached" });
    await example(page);
  });

  it.each([
    ["broken syntax", "export default definePlugin({", "SOURCE_INVALID"],
    ["an import it cannot have", 'import x from "lodash";\nexport default x;', "IMPORT_UNKNOWN"],
    ["no default export", "export const x = 1;", "SOURCE_INVALID"],
    ["a hook that is not", plugin('tap("no.such", () => {});'), "there is no hook"],
    ["a throwing setup", plugin('throw new Error("no luck");'), "no luck"],
    ["another's name", plugin("", 'id: "orrery.runner", version: "9.0.0", api: "^1.0"'), "PLUGIN_EXISTS"],
  ])("says what is wrong with %s, and keeps what was loaded", async (_, source, code) => {
    const { page } = opened;
    await write(page, source);
    await load(page);
    await page.getByRole("alert").getByText(new RegExp(code)).first().waitFor();
  });

  it("stops a plugin that loops for ever, and the run goes on without it", async () => {
    const { page } = opened;
    await write(page, plugin('tap("step.after", () => { for (;;); });', 'id: "me.loop", version: "1.0.0", api: "^1.0"'));
    await load(page);
    await page.getByText(/me\.loop is active/).waitFor();
    await example(page);
    await said(page).getByText("me.loop was stopped").first().waitFor();
  });

  it("lives in the sandbox: it reaches no network", async () => {
    const { page } = opened;
    await write(
      page,
      plugin(
        'void (async () => fetch("https://example.com/"))().then(() => log.info("got out"), () => log.info("kept in"));',
        'id: "me.fetch", version: "1.0.0", api: "^1.0"',
      ),
    );
    await load(page);
    await said(page).getByText("kept in").waitFor();
    expect(opened.requests.filter((url) => new URL(url).origin !== new URL(opened.server.url).origin)).toEqual([]);
  });
});
