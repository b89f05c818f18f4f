import sequential from "@orrery/plugins/topologies/sequential";
import runner from "@orrery/plugins/runner";
import { type AnyPlugin, definePlugin, type Lifecycle, lifecycle } from "@orrery/sdk";
import { createTestHost, type TestHost } from "@orrery/sdk/testing";
import { afterEach, describe, expect, it } from "vitest";
import { scripted, teamOf } from "../support/tiny-team.ts";

type Hook = keyof Lifecycle & string;

/** Hooks of a plain run; the others (tools, channels, kernel.plugin) are not called by it. */
const inARun: Hook[] = [
  "task.submit",
  "task.plan",
  "task.topology",
  "model.list",
  "task.route",
  "step.before",
  "step.after",
  "budget.reserve",
  "model.request",
  "model.call",
  "model.response",
  "model.delta",
  "step.judge",
  "task.judge",
  "task.decide",
  "task.memorize",
  "task.finish",
  "event",
];

const rubbish = { toString: () => "rubbish", nested: { f: () => 1 }, decision: "perhaps", score: Number.NaN };
const behaviours: Record<string, () => unknown> = {
  throws: () => {
    throw new Error("hostile");
  },
  rejects: () => Promise.reject(new Error("hostile")),
  "never settles": () => new Promise(() => undefined),
  "returns rubbish": () => rubbish,
  "throws something that is no error": () => {
    throw null;
  },
};

const hostile = (hook: Hook, behave: () => unknown): AnyPlugin =>
  definePlugin({
    manifest: { id: "evil.plugin", version: "6.6.6", api: "^1.0" },
    setup({ tap }) {
      tap(hook, behave as never, { phase: hook === "event" ? "observe" : "guard" });
    },
  });

let host: TestHost;
afterEach(() => host.close());

const start = async (plugin: AnyPlugin) => {
  host = await createTestHost({ deadlineMs: 60, plugins: [[runner, { config: { modelDeadlineMs: 300 } }], sequential, scripted(() => "fine"), plugin] });
  return host;
};

describe.each(inARun)("a hostile plugin on %s", (hook) => {
  const { fault, kind } = lifecycle[hook];
  it.each(Object.entries(behaviours))(`${kind}, on fault ${fault}: one that %s never hangs or crashes a run`, async (name, behave) => {
    await start(hostile(hook, behave));
    const outcome = await host.run("A task", { team: teamOf("a", "b") }).then(
      (report) => ({ status: report.status as string, error: report.error }),
      ({ code, message, plugin }: { code: string; message: string; plugin?: string }) => ({ status: "refused", error: { code, message, plugin } }),
    );
    if (fault === "closed") {
      expect(["refused", "over_budget"]).toContain(outcome.status);
      expect(JSON.stringify(outcome.error)).toContain("evil.plugin");
    } else if (fault === "skip") {
      expect(outcome.status).toBe("accepted");
    } else if (outcome.status !== "accepted") {
      // An answer that is only odd, not wrong, may pass; a fault must be pinned on the plugin that caused it.
      expect(outcome.status).toBe("failed");
      expect(outcome.error?.plugin).toBe("evil.plugin");
    } else {
      expect(name).toBe("returns rubbish");
    }
  });
});

describe("a plugin that keeps failing", () => {
  it("is suspended by its breaker, by name, and runs go on without it", async () => {
    await start(
      hostile("step.judge", () => {
        throw new Error("hostile");
      }),
    );
    for (let i = 0; i < 4; i += 1) expect((await host.run(`Task ${i}`, { team: teamOf("a", "b") })).status).toBe("accepted");
    const report = host.report("evil.plugin");
    expect(report?.state).toBe("suspended");
    expect(report?.faults.length).toBeGreaterThan(0);
    expect(report?.faults.every(({ hook }) => hook === "step.judge")).toBe(true);
  });

  it("keeps denying while a suspended guard, and nobody's allow undoes that", async () => {
    await start(
      hostile("task.submit", () => {
        throw new Error("hostile");
      }),
    );
    await host.install(
      definePlugin({
        manifest: { id: "kind.plugin", version: "1.0.0", api: "^1.0" },
        setup: ({ tap }) => void tap("task.submit", () => ({ decision: "allow" as const })),
      }),
    );
    for (let i = 0; i < 8; i += 1) await expect(host.run("t", { team: teamOf("a") })).rejects.toMatchObject({ code: "TASK_REFUSED" });
    expect(host.report("evil.plugin")?.state).toBe("suspended");
    await expect(host.run("t", { team: teamOf("a") })).rejects.toMatchObject({ code: "TASK_REFUSED", message: expect.stringContaining("evil.plugin") });
  });

  it("cannot flood: a listener that is slower than the events loses events, not the run", async () => {
    await start(hostile("event", () => new Promise(() => undefined)));
    const reports = await Promise.all(Array.from({ length: 20 }, (_, i) => host.run(`Task ${i}`, { team: teamOf("a", "b") })));
    expect(reports.every(({ status }) => status === "accepted")).toBe(true);
  });
});
