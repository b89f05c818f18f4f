import runner from "@orrery/plugins/runner";
import { createTestHost } from "@orrery/sdk/testing";
import { expect, test } from "vitest";
import { scripted, teamOf } from "../support/tiny-team.ts";
import { topologies } from "../support/topologies.ts";

const ids = topologies.map(({ manifest }) => manifest.id.replace(/^orrery\.topology\./, ""));
const names = ["a0", "a1", "a2", "a3"];
interface Stepped {
  path: string;
  agent: string;
}

test.each(ids)("%s: whoever fails is listed, their error is shown to nobody, and fail, skip and retry do what they say", async (id) => {
  for (const broken of names) {
    for (const onAgentFailure of ["fail", "skip", "retry"]) {
      const shown: string[] = [];
      const provider = scripted(({ origin, view, messages, system }) => {
        shown.push(JSON.stringify([view, messages, system]));
        if (origin.agent === broken) throw new Error(`secret of ${origin.step}`);
        return `by ${origin.agent}`;
      });
      const host = await createTestHost({ plugins: [runner, ...topologies, provider] });
      try {
        const report = await host.run("Why?", { team: { ...teamOf(...names), topology: { id, config: { onAgentFailure } } }, topology: id });
        const where = `${onAgentFailure}, ${broken} broken`;
        const failed = host
          .journal()
          .filter(({ type }) => type === "step.failed")
          .map(({ data }) => data as unknown as Stepped);
        for (const text of [...shown, report.output]) expect(text, where).not.toContain("secret");
        expect(
          failed.every(({ agent }) => agent === broken),
          where,
        ).toBe(true);
        if (failed.length === 0) {
          expect([report.status, report.topology.failures], where).toEqual(["accepted", []]);
          continue;
        }
        const again = failed.filter(({ path }) => path.includes("~"));
        expect(again.length > 0, where).toBe(onAgentFailure === "retry");
        // A run that has an outcome lists who failed; one that has none failed of it.
        if (report.status === "accepted") expect(new Set(report.topology.failures.map(({ agent }) => agent)), where).toEqual(new Set([broken]));
        else expect([report.status, report.error?.message ?? ""], where).toEqual(["failed", expect.stringContaining("secret")]);
        if (onAgentFailure === "fail") expect(report.status, where).toBe("failed");
      } finally {
        await host.close();
      }
    }
  }
});
