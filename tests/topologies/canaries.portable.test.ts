import runner from "@orrery/plugins/runner";
import { createTestHost } from "@orrery/sdk/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { scripted, teamOf } from "../support/tiny-team.ts";
import { topologies } from "../support/topologies.ts";

const ids = topologies.map(({ manifest }) => manifest.id.replace(/^orrery\.topology\./, ""));
/** What a topology needs that has no defaults for everything. */
const configs: Readonly<Record<string, Record<string, string[]>>> = {};
const canaries = ["canary-amber", "canary-cobalt", "canary-olive"];

test.each(ids)("%s: runs at once never see each other's messages, whatever the order of the answers", async (id) => {
  /** Everything each run's agents were shown. */
  const shown = new Map<string, string[]>();
  const waiting: (() => void)[] = [];
  const provider = scripted(async ({ origin, view, messages, system }) => {
    const all = JSON.stringify([view, messages, system]);
    shown.set(origin.run, [...(shown.get(origin.run) ?? []), all]);
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
    });
    const own = canaries.filter((canary) => all.includes(canary));
    return `${origin.agent} of ${own.join(" and ")}`;
  });
  const host = await createTestHost({ plugins: [runner, ...topologies, provider] });
  try {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.infiniteStream(fc.nat()), async (agents, order) => {
        shown.clear();
        const team = { ...teamOf(...Array.from({ length: agents }, (_, i) => `a${i}`)), topology: { id, config: configs[id] ?? {} } };
        let over = false;
        const runs = Promise.all(canaries.map((canary) => host.run(`Find the ${canary}.`, { team, topology: id }))).finally(() => {
          over = true;
        });
        while (!over) {
          await new Promise((resolve) => setTimeout(resolve));
          const [next] = waiting.length > 0 ? waiting.splice(Number(order.next().value) % waiting.length, 1) : [];
          next?.();
        }
        for (const [i, report] of (await runs).entries()) {
          expect(report).toMatchObject({ status: "accepted", topology: { id } });
          const others = canaries.filter((_, other) => other !== i);
          const views = shown.get(report.runId) ?? [];
          expect(views).toHaveLength(report.topology.observedCalls);
          for (const text of [report.output, ...views]) for (const other of others) expect(text).not.toContain(other);
          expect(views.every((view) => view.includes(canaries[i] ?? ""))).toBe(true);
        }
      }),
      { numRuns: 5 },
    );
  } finally {
    await host.close();
  }
});
