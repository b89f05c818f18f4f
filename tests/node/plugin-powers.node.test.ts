import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PluginReport, RunReport, ShownView } from "@orrery/sdk";
import { expect, it } from "vitest";
import { authorized, serveHere } from "./booted.ts";
import { lab } from "../support/dear-model.ts";
import { root, scratch } from "./support.ts";

/** Asks the dear model about every outcome, as long as it may. */
const stranger = `import { definePlugin, Models } from "@orrery/sdk";
export default definePlugin({
  manifest: { id: "acme.asker", version: "1.0.0", api: "^1.0", capabilities: ["model.call"] },
  requires: { models: Models },
  setup({ tap, use }) {
    tap("task.judge", async ({ run }) => {
      const said = [];
      for (let i = 0; i < 3; i += 1) said.push(await use.models.ask({ run, model: "lab/dear", prompt: "How good is it?", maxOutputTokens: 100 }).then(({ text, costNano }) => text + " for " + costNano, ({ code }) => code));
      return { judge: "acme.asker", score: 0, decision: "abstain", reasons: said };
    });
  },
});`;
const documents = [{ path: "pump.md", text: "# Pump\n\nThe pump was replaced on 4 May. It moves 120 litres a minute." }];

async function serve(spending: object) {
  const file = join(scratch("plugin"), "asker.js");
  await writeFile(file, stranger);
  const sandboxed = [
    { file, grant: ["model.call"] },
    { file: join(root, "examples/plugins/work-log.js"), grant: ["ui.view"] },
  ];
  const prices = { "lab/dear": { inputUsdPerMTok: 10, outputUsdPerMTok: 10 } };
  const { server } = await serveHere({ flags: { sandboxed, spending, pluginConfig: { "orrery.cost": { prices } } }, plugins: [lab] });
  return async <T>(path: string, body?: unknown): Promise<T> => {
    const headers = { ...authorized, accept: "application/json", ...(body ? { "content-type": "application/json" } : {}) };
    const init = body ? { method: "POST", body: JSON.stringify(body), headers } : { headers };
    return (await fetch(`${server.origin}${path}`, init)).json() as Promise<T>;
  };
}
const task = { task: "When was the pump replaced?", documents, budget: 1 };

it("a stranger's plugin spends what the settings allow it in a run, and not a cent more", async () => {
  const call = await serve({ plugins: { "acme.asker": { runUsd: 0.003, dayUsd: 0.01 } } });
  const report = await call<RunReport>("/api/runs?wait=true", task);
  expect(report.status).toBe("accepted");
  // A call is reserved at the most it may cost, and books what it did: two fit, a third does not.
  expect(report.verdicts.find(({ judge }) => judge === "acme.asker")?.reasons).toEqual(["7 for 1100000", "7 for 1100000", "BUDGET_EXCEEDED"]);
  expect(report.cost.byPlugin["acme.asker"]).toBe(2_200);
  const { events } = await call<{ events: { type: string; data: { origin?: { plugin: string }; reasons?: string[] } }[] }>(`/api/runs/${report.runId}/events`);
  expect(events.find(({ type }) => type === "budget.denied")?.data).toMatchObject({
    origin: { plugin: "acme.asker" },
    reasons: [expect.stringContaining("acme.asker may spend $0.003 a run")],
  });
});

it("and nothing where nobody said so", async () => {
  const call = await serve({});
  const report = await call<RunReport>("/api/runs?wait=true", task);
  expect(report.verdicts.find(({ judge }) => judge === "acme.asker")?.reasons).toEqual(["BUDGET_EXCEEDED", "BUDGET_EXCEEDED", "BUDGET_EXCEEDED"]);
  expect(report.cost.microUsd).toBe(0);
});

it("a stranger's view comes over the API, under Extend and beside a run", async () => {
  const call = await serve({});
  const { runId } = await call<RunReport>("/api/runs?wait=true", task);
  const { plugins } = await call<{ plugins: PluginReport[] }>("/api/plugins");
  expect(plugins.find(({ id }) => id === "acme.work-log")).toMatchObject({ tier: "community", capabilities: { granted: ["ui.view"] } });
  await expect
    .poll(() => call<{ views: ShownView[] }>(`/api/views?run=${runId}`))
    .toMatchObject({
      views: [{ plugin: "acme.work-log", view: { title: "Who did what", blocks: [{ kind: "table" }] } }],
    });
  expect(await call("/api/views")).toMatchObject({
    views: [{ plugin: "acme.work-log", view: { blocks: [{ kind: "stat", label: "Runs", value: 1 }, {}, {}] } }],
  });
});
