import { type AnyPlugin, definePlugin, EpisodicMemory, Embeddings, OrreryError, type Outcome, type Plan, type Task } from "@orrery/sdk";
import { createTestHost, type TestHost } from "@orrery/sdk/testing";
import { afterEach, describe, expect, test } from "vitest";
import memory from "./index.ts";

let host: TestHost | undefined;
afterEach(async () => {
  await host?.close();
  host = undefined;
});

const start = async (config: Record<string, number> = {}, ...more: AnyPlugin[]) => {
  host = await createTestHost({ plugins: [[memory, { config }], ...more] });
  return host;
};
const taskOf = (text: string, workspace = "w"): Task => ({
  id: "task_1",
  run: `run_${text}`,
  thread: "thread_1",
  text,
  documents: [],
  criteria: [],
  constraints: { spending: { allowed: false, capNano: 0, why: "a test" } },
  actor: "tester",
  workspace,
  createdAt: 0,
});
const outcomeOf = (text: string, output: string, { workspace = "w", status = "accepted" as Outcome["status"], score = 0.9 } = {}): Outcome => ({
  task: taskOf(text, workspace),
  status,
  output: { step: "r0/writer", agent: "writer", role: "writer", skill: "write", text: output },
  verdicts: [
    { judge: "one", score, decision: "accept", reasons: [] },
    { judge: "two", score: 0, decision: "abstain", reasons: [] },
  ],
  costNano: 0,
});
const planOf = (text: string, more: Partial<Plan> = {}): Plan => ({
  task: taskOf(text),
  team: { name: "t", agents: [{ id: "a", role: "a", prompt: "", skill: "write", tools: [] }] },
  topology: { id: "sequential", config: {} },
  given: { team: false, topology: false },
  recalled: [],
  thread: [],
  notes: [],
  ...more,
});
const errors = "How does the plugin system isolate errors?";
const report = "# Answer\n\n- A failing plugin is suspended. [Plugins.md#4]\n- Its errors are caught. [Errors.md#2]";
const listed = (workspace = "w") => host?.kernel.service(EpisodicMemory)?.list({ workspace });

describe("episodic memory", () => {
  test("brings an accepted run back into the plan of a related task, with its claims and a note", async () => {
    const { call } = await start();
    await call("task.memorize", outcomeOf(errors, report));
    const plan = await call("task.plan", planOf("What isolates the errors of a plugin?"));
    expect(plan.recalled).toEqual([
      expect.objectContaining({
        run: `run_${errors}`,
        task: errors,
        summary: "A failing plugin is suspended. Its errors are caught.",
        claims: [
          { path: "Plugins.md", n: 4, text: "A failing plugin is suspended." },
          { path: "Errors.md", n: 2, text: "Its errors are caught." },
        ],
        judged: 0.9,
        status: "accepted",
      }),
    ]);
    expect(plan.notes).toEqual([{ by: "orrery.memory.episodic", text: expect.stringContaining(errors) }]);
  });

  test("recalls nothing for an unrelated task, another workspace, or the thread's own turns", async () => {
    const { call } = await start();
    await call("task.memorize", outcomeOf(errors, report));
    expect((await call("task.plan", planOf("Which herbs go with potatoes?"))).recalled).toEqual([]);
    expect((await call("task.plan", planOf("x", { task: taskOf(errors, "another") }))).recalled).toEqual([]);
    expect((await call("task.plan", planOf(errors, { thread: [{ run: `run_${errors}`, task: errors, answer: report }] }))).recalled).toEqual([]);
    expect((await call("task.plan", planOf(errors))).recalled).toHaveLength(1);
  });

  test("keeps what was rejected, marked, and never recalls it", async () => {
    const { call } = await start();
    await call("task.memorize", outcomeOf(errors, report, { status: "rejected", score: 0.1 }));
    expect((await call("task.plan", planOf(errors))).recalled).toEqual([]);
    expect(await listed()).toEqual([expect.objectContaining({ status: "rejected", judged: 0.1 })]);
  });

  test("does not remember a run without an outcome", async () => {
    const { call } = await start();
    const { output: _output, ...rest } = outcomeOf(errors, report);
    await call("task.memorize", rest);
    await call("task.memorize", outcomeOf(errors, report, { status: "cancelled" }));
    expect(await listed()).toEqual([]);
  });

  test("keeps to its bound: what was not accepted goes first, then the least useful; and it says why", async () => {
    const { call, log } = await start({ keep: 2 });
    await call("task.memorize", outcomeOf(errors, report, { score: 0.5 }));
    await call("task.memorize", outcomeOf("What do gardeners do in winter?", "Rest.", { status: "rejected" }));
    await call("task.memorize", outcomeOf("When was the bridge built?", "In 1890.", { score: 0.6 }));
    expect((await listed())?.map((one) => one.task).sort()).toEqual([errors, "When was the bridge built?"].sort());
    // Being recalled for a run that came to its end makes the worse judged one the more useful.
    const plan = await call("task.plan", planOf(errors));
    await call("task.memorize", { ...outcomeOf("Who painted the ceiling?", "Nobody.", { score: 0.9 }), plan });
    expect((await listed())?.map((one) => one.task).sort()).toEqual([errors, "Who painted the ceiling?"].sort());
    expect(log.filter((line) => line.message.startsWith("Forgot")).map((line) => line.message)).toEqual([
      "Forgot an episode: more than 2 episodes: the oldest that was not accepted (rejected)",
      "Forgot an episode: more than 2 episodes: the least useful (judged 0.60, recalled 0 times)",
    ]);
  });

  test("forgets one on request, and only that one", async () => {
    const { call, kernel } = await start();
    await call("task.memorize", outcomeOf(errors, report));
    await call("task.memorize", outcomeOf("When was the bridge built?", "In 1890."));
    const service = kernel.service(EpisodicMemory);
    const [newest] = (await listed()) ?? [];
    expect(await service?.forget(newest?.id ?? "")).toBe(true);
    expect(await service?.forget(newest?.id ?? "")).toBe(false);
    expect(await listed()).toHaveLength(1);
  });

  test("uses the encoder when there is one, and words when it fails", async () => {
    let broken = false;
    const direction = (text: string) => Float32Array.from(/fault|error/i.test(text) ? [1, 0] : [0, 1]);
    const encoder = definePlugin({
      manifest: { id: "test.encoder", version: "1.0.0", api: "^1.0" },
      provides: [Embeddings],
      setup({ provide }) {
        provide(Embeddings, {
          model: { id: "test", dimensions: 2 },
          embed: async (texts) => {
            if (broken) throw new OrreryError("EMBEDDINGS_UNAVAILABLE", "no model here");
            return texts.map(direction);
          },
        });
      },
    });
    const { call } = await start({}, encoder);
    await call("task.memorize", outcomeOf(errors, report));
    const unlike = planOf("How are faults of extensions contained?");
    expect((await call("task.plan", unlike)).recalled.map((one) => one.score)).toEqual([expect.closeTo(0.75, 2)]);
    broken = true;
    expect((await call("task.plan", unlike)).recalled).toEqual([]);
    expect((await call("task.plan", planOf(errors))).recalled).toHaveLength(1);
  });

  test("tasks and workspaces with strange names meet no error", async () => {
    const { call } = await start({ keep: 20 });
    for (const text of ["__proto__", "constructor", "\u0000", "../../x", "💥", "a".repeat(5_000), "<script>", "%00%2f"]) {
      await call("task.memorize", { ...outcomeOf(text, `${text} [${text}#1]`), task: taskOf(text, text) });
      const plan = await call("task.plan", planOf("x", { task: taskOf(text, text) }));
      expect(Array.isArray(plan.recalled)).toBe(true);
      expect(await listed(text)).toHaveLength(1);
    }
  });
});
