import calculator from "@orrery/plugins/tools/calculator";
import policy from "@orrery/plugins/tools/policy";
import { definePlugin, type EventData, type EventType, type JournalEntry, type Step, type ToolSpec } from "@orrery/sdk";
import { createTestHost, samples } from "@orrery/sdk/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { noPast } from "../past.ts";
import { readPast } from "../read-past.ts";
import type { RunScope } from "../run-scope.ts";
import { ToolBelt } from "./tool-belt.ts";

type Entry = { type: string; data: never };
const step: Step = samples.step({
  path: "r0/a",
  attempt: 1,
  key: "run:r0/a:1",
  agent: { id: "a", role: "a", prompt: "", skill: "write", tools: ["counter", "calculator"] },
});
const { origin } = samples.request();

/** A belt with a counting tool, over what an earlier try of the step left in the journal. */
async function belt(before: Entry[], idempotent: boolean) {
  let made = 0;
  const spec: ToolSpec = { name: "counter", description: "counts", input: { type: "object" }, effects: ["network"], idempotent };
  const counter = definePlugin({
    manifest: { id: "test.counter", version: "1.0.0", api: "^1.0" },
    setup: ({ tap }) => void tap("tool.call", ({ tool }) => (tool === "counter" ? { ok: true, output: ++made } : undefined)),
  });
  const host = await createTestHost({ plugins: [calculator, counter, [policy, { config: { allow: ["counter"] } }]] });
  onTestFinished(() => host.close());
  const written: Entry[] = [];
  const scope = {
    past: readPast([{ type: "run.submitted", data: { task: samples.task() } }, ...before] as unknown as JournalEntry[])?.past ?? noPast,
    epoch: 1,
    hooks: { call: host.call, close() {} },
    log: {
      write: async <T extends EventType>(type: T, data: EventData<T>) => {
        written.push({ type, data: data as never });
      },
    },
    clock: { now: () => 0, elapsed: () => 0 },
    services: {},
    limits: { toolCalls: 10, toolRounds: 2, toolDeadlineMs: 1_000 },
  } as unknown as RunScope;
  return { belt: new ToolBelt(scope, step, origin, [spec], new AbortController().signal), written, made: () => made };
}
const ask = (id: string) => ({ id, tool: "counter", input: { n: 1 } });

describe("a step that is taken up again", () => {
  it("does not make a call that finished, though the model names it anew, and makes the second of the same", async () => {
    const first = await belt([], false);
    expect((await first.belt.perform(ask("x"), 1)).content).toBe("1");
    const again = await belt(first.written, false);
    expect(await again.belt.perform(ask("y"), 1)).toEqual({ role: "tool", content: "1", call: { id: "y", tool: "counter", ok: true } });
    expect([again.made(), again.written]).toEqual([0, []]);
    expect((await again.belt.perform(ask("z"), 1)).content).toBe("1");
    expect([again.made(), again.written.map(({ type }) => type)]).toEqual([1, ["tool.called", "tool.finished"]]);
  });

  it("stops at a call that was begun and may have been done, unless doing it twice is doing it once", async () => {
    const run = await belt([], false);
    await run.belt.perform(ask("x"), 1);
    const broken = run.written.filter(({ type }) => type === "tool.called");
    const once = await belt(broken, false);
    await expect(once.belt.perform(ask("x"), 1)).rejects.toMatchObject({ code: "TOOL_UNFINISHED" });
    expect(once.made()).toBe(0);
    const safe = await belt(broken, true);
    expect((await safe.belt.perform(ask("x"), 1)).content).toBe("1");
  });

  it("knows nothing of another try's calls, or another step's", async () => {
    const run = await belt([], false);
    await run.belt.perform(ask("x"), 1);
    const others = run.written.map(({ type, data }) => ({ type, data: { ...(data as object), attempt: 2 } as never }));
    const again = await belt(others, false);
    await again.belt.perform(ask("x"), 1);
    expect(again.made()).toBe(1);
  });
});
