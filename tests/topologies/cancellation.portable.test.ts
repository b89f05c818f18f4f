import runner from "@orrery/plugins/runner";
import { definePlugin, Runner } from "@orrery/sdk";
import { createTestHost } from "@orrery/sdk/testing";
import { expect, test } from "vitest";
import { echoModel, teamOf } from "../support/tiny-team.ts";
import { topologies } from "../support/topologies.ts";

const ids = topologies.map(({ manifest }) => manifest.id.replace(/^orrery\.topology\./, ""));

test.each(ids)("%s: a run cancelled at any call stops what is under way, and nobody is called any more", async (id) => {
  for (let at = 1; at <= 4; at += 1) {
    let calls = 0;
    let underWay = 0;
    const signals: AbortSignal[] = [];
    let reach = (): void => undefined;
    const reached = new Promise<undefined>((resolve) => {
      reach = () => resolve(undefined);
    });
    const provider = definePlugin({
      manifest: { id: "test.provider", version: "1.0.0", api: "^1.0" },
      setup({ tap }) {
        tap("model.list", () => [echoModel]);
        tap("task.route", () => ({ model: echoModel.id, maxOutputTokens: 100, why: "the only one", considered: [] }));
        tap("model.call", async ({ origin }, { signal }) => {
          calls += 1;
          if (calls < at) return { model: echoModel.id, text: `by ${origin.agent}`, usage: { inputTokens: 1, outputTokens: 1 }, finish: "stop" };
          underWay += 1;
          signals.push(signal);
          reach();
          await new Promise((_, reject) => {
            signal.addEventListener("abort", () => reject(signal.reason));
          });
          return undefined;
        });
      },
    });
    const host = await createTestHost({ plugins: [runner, ...topologies, provider] });
    try {
      const team = { ...teamOf("a0", "a1", "a2"), topology: { id, config: {} } };
      const running = host.run("Why?", { team, topology: id });
      const over = await Promise.race([reached, running]);
      if (over) {
        // It came to its end with fewer calls.
        expect([over.status, calls < at]).toEqual(["accepted", true]);
        continue;
      }
      const runId = String(host.journal()[0]?.run);
      expect(await host.kernel.service(Runner)?.cancel(runId, "enough")).toBe(true);
      const report = await running;
      const made = calls;
      expect(report.status).toBe("cancelled");
      expect([signals.length, signals.every((signal) => signal.aborted)]).toEqual([underWay, true]);
      await new Promise((resolve) => setTimeout(resolve));
      expect(calls).toBe(made);
    } finally {
      await host.close();
    }
  }
});
