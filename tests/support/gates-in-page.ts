import type { Page } from "playwright-core";

type Gate = { id: string; before?: string; beforeFinish?: boolean; ask: string };

/** A plugin loaded in the playground of the page that gives every plan these gates. */
export async function loadGates(page: Page, url: string, gates: readonly Gate[]): Promise<void> {
  const source = `import { definePlugin } from "@orrery/sdk";
export default definePlugin({
  manifest: { id: "me.gates", version: "1.0.0", api: "^1.0" },
  setup({ tap }) {
    const gates = ${JSON.stringify(gates)};
    tap("task.plan", (plan) => ({ ...plan, team: { ...plan.team, gates } }), { after: ["orrery.planner"] });
  },
});`;
  await page.goto(`${url}#/extend/playground`);
  await page.locator(".cm-content").click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(source);
  await page.getByRole("button", { name: /^Load/ }).click();
  await page.getByText(/me\.gates is active/).waitFor();
}
