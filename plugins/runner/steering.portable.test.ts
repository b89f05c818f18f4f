import { type ModelRequest, Runner, type Steering, type Team } from "@orrery/sdk";
import { createTestHost, type TestHost } from "@orrery/sdk/testing";
import { afterEach, describe, expect, it } from "vitest";
import { scripted, teamOf } from "../../tests/support/tiny-team.ts";
import parallel from "../topologies/parallel/index.ts";
import sequential from "../topologies/sequential/index.ts";
import runner from "./index.ts";

let host: TestHost;
afterEach(() => host.close());

/** A run whose model answers when the test says so. */
async function begin(team: Team, entries?: Parameters<typeof createTestHost>[0]) {
  const asked: ModelRequest[] = [];
  const answers: ((text: string) => void)[] = [];
  host = await createTestHost({
    ...entries,
    plugins: [
      runner,
      sequential,
      parallel,
      scripted((request) => {
        asked.push(request);
        return new Promise((resolve) => answers.push(resolve));
      }),
    ],
  });
  const service = host.kernel.service(Runner);
  if (!service) throw new Error("no runner");
  const request = { text: "Say hello", actor: "ada", workspace: "w", spending: { allowed: false, capNano: 0, why: "" }, team };
  const { runId } = await service.start(request);
  return {
    service,
    runId,
    asked,
    steer: (steering: Steering) => service.steer(runId, steering, "bob"),
    /** Waits until so many calls were made in all, then answers the oldest open one. */
    async answer(call: number, text: string) {
      while (asked.length < call) await tick();
      answers[call - 1]?.(text);
    },
    types: () => host.journal().map(({ type }) => type),
    status: async () => (await service.report(runId))?.status,
  };
}
const tick = () => new Promise((resolve) => setTimeout(resolve, 1));
const settle = async (holds: () => boolean) => {
  while (!holds()) await tick();
};
const gated = (gates: Team["gates"]): Team => ({ ...teamOf("a", "b"), gates });
const data = (type: string) =>
  host
    .journal()
    .filter((entry) => entry.type === type)
    .map((entry) => entry.data as Record<string, unknown>);

describe("pause and resume", () => {
  it("keeps a call under way, starts nothing new, and goes on when told to", async () => {
    const { asked, answer, steer, service, runId, types, status } = await begin(teamOf("a", "b"));
    await settle(() => asked.length === 1);
    await steer({ do: "pause" });
    expect(await status()).toBe("paused");
    await answer(1, "from a");
    await settle(() => types().includes("step.judged"));
    for (let i = 0; i < 20; i++) await tick();
    expect(asked).toHaveLength(1);
    await steer({ do: "resume" });
    await answer(2, "from b");
    expect(await service.wait(runId)).toMatchObject({ status: "accepted", output: "from b" });
    expect(data("run.paused")).toEqual([{ by: "bob" }]);
    expect(data("run.resumed")).toEqual([{ by: "bob", from: "pause" }]);
  });

  it("changes nothing when it is so already", async () => {
    const { asked, steer, types } = await begin(teamOf("a"));
    await settle(() => asked.length === 1);
    for (const told of ["resume", "pause", "pause", "resume", "resume"] as const) await steer({ do: told });
    expect(types().filter((type) => type === "run.paused" || type === "run.resumed")).toEqual(["run.paused", "run.resumed"]);
  });

  it("can be cancelled while it is paused", async () => {
    const { asked, steer, status } = await begin(teamOf("a", "b"));
    await settle(() => asked.length === 1);
    await steer({ do: "pause" });
    await steer({ do: "cancel", reason: "not needed" });
    expect(await status()).toBe("cancelled");
    expect(data("run.cancelled")).toEqual([{ by: "bob", reason: "not needed" }]);
    expect(data("run.finished")[0]).toMatchObject({ reasons: ["Cancelled: not needed"] });
  });
});

describe("redirect", () => {
  it("reaches every step that starts later, and no earlier one", async () => {
    const { asked, answer, steer, service, runId } = await begin(teamOf("a", "b"));
    await settle(() => asked.length === 1);
    await steer({ do: "redirect", instruction: " Only the costs. " });
    await answer(1, "x");
    await answer(2, "y");
    await service.wait(runId);
    expect(asked.map(({ view }) => view.focus)).toEqual([undefined, "Only the costs."]);
    expect(asked[1]?.messages[0]?.content).toContain("Only the costs.");
    expect(data("step.started").map(({ feedback }) => feedback)).toEqual([[], ["Only the costs."]]);
    expect(data("run.redirected")).toEqual([{ instruction: "Only the costs.", by: "bob" }]);
  });

  it("says clearly that a run is over, unknown, or was told nothing", async () => {
    const { answer, steer, service, runId } = await begin(teamOf("a"));
    await answer(1, "x");
    await service.wait(runId);
    await expect(steer({ do: "redirect", instruction: "more" })).rejects.toMatchObject({ code: "RUN_OVER", message: expect.stringContaining("accepted") });
    await expect(steer({ do: "resume" })).rejects.toMatchObject({ code: "RUN_OVER" });
    await expect(service.steer("run_nobody", { do: "pause" }, "bob")).rejects.toMatchObject({ code: "RUN_UNKNOWN" });
    await expect(steer({ do: "redirect", instruction: "  " })).rejects.toMatchObject({ code: "STEERING_INVALID" });
  });
});

describe("gates", () => {
  it("holds an agent's step before it starts until a person approves", async () => {
    const { asked, answer, steer, service, runId } = await begin(gated([{ id: "publish", before: "b", ask: "May b begin?" }]));
    await answer(1, "from a");
    expect(await service.wait(runId)).toMatchObject({ status: "waiting", reasons: ["publish: May b begin?"] });
    expect(await service.waiting()).toEqual([
      { run: runId, task: "Say hello", gate: "publish", ask: "May b begin?", path: "r0/b", agent: "b", since: expect.any(Number) },
    ]);
    expect(asked).toHaveLength(1);
    await steer({ do: "approve", gate: "publish", note: "go" });
    await answer(2, "from b");
    expect(await service.wait(runId)).toMatchObject({ status: "accepted", output: "from b" });
    expect(data("gate.decided")).toEqual([{ gate: "publish", decision: "approve", by: "bob", note: "go" }]);
    expect(await service.waiting()).toEqual([]);
  });

  it("shows what is to be approved after a step, and fails the step with the note when it is denied", async () => {
    const { answer, steer, service, runId } = await begin(gated([{ id: "check", after: "a", ask: "Is this right?" }]));
    await answer(1, "a draft");
    await service.wait(runId);
    expect(await service.waiting()).toMatchObject([{ gate: "check", artifact: { agent: "a", text: "a draft" } }]);
    await steer({ do: "deny", gate: "check", note: "too short" });
    expect(await service.wait(runId)).toMatchObject({ status: "failed", error: { code: "GATE_DENIED", message: expect.stringContaining("too short") } });
  });

  it("asks before the outcome is final; a denial rejects the run", async () => {
    const { answer, steer, service, runId } = await begin({ ...gated([{ id: "sign-off", beforeFinish: true, ask: "Send it?" }]) });
    await answer(1, "x");
    await answer(2, "the outcome");
    expect(await service.wait(runId)).toMatchObject({ status: "waiting", output: "the outcome" });
    await steer({ do: "deny", gate: "sign-off" });
    expect(await service.wait(runId)).toMatchObject({ status: "rejected", output: "the outcome", reasons: ['A person denied "sign-off".'] });
  });

  it("keeps no other branch waiting", async () => {
    const team = { ...gated([{ id: "slow", before: "a", ask: "?" }]), topology: { id: "parallel", config: { reducer: "concat" } } };
    const { asked, answer, service, runId, steer } = await begin(team);
    await answer(1, "from b");
    expect(await service.wait(runId)).toMatchObject({ status: "waiting" });
    expect(asked.map(({ origin }) => origin.agent)).toEqual(["b"]);
    await steer({ do: "approve", gate: "slow" });
    await answer(2, "from a");
    expect((await service.wait(runId)).output).toContain("from a");
  });

  it("knows its gates, and decides each once", async () => {
    const { answer, steer, service, runId } = await begin(gated([{ id: "publish", before: "b", ask: "?" }]));
    await answer(1, "x");
    await service.wait(runId);
    await expect(steer({ do: "approve", gate: "another" })).rejects.toMatchObject({ code: "GATE_UNKNOWN", todo: expect.stringContaining("publish") });
    const both = await Promise.allSettled([steer({ do: "approve", gate: "publish" }), steer({ do: "deny", gate: "publish" })]);
    expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(data("gate.decided")).toHaveLength(1);
  });

  it("can be cancelled at a gate", async () => {
    const { answer, steer, service, runId } = await begin(gated([{ id: "publish", before: "b", ask: "?" }]));
    await answer(1, "x");
    await service.wait(runId);
    await steer({ do: "cancel" });
    expect(await service.wait(runId)).toMatchObject({ status: "cancelled" });
    expect(await service.waiting()).toEqual([]);
  });
});

describe("a run whose process is gone", () => {
  /** The same journal in a host that knows nothing of the one before. */
  const again = async (upTo?: number) => {
    const entries = host.journal().slice(0, upTo);
    await host.close();
    const asked: string[] = [];
    host = await createTestHost({
      entries,
      plugins: [
        runner,
        sequential,
        parallel,
        scripted(({ origin }) => {
          asked.push(origin.agent);
          return `${origin.agent} again`;
        }),
      ],
    });
    const service = host.kernel.service(Runner);
    if (!service) throw new Error("no runner");
    return { service, asked };
  };

  it("stays paused until it is resumed, and then does only what was not done", async () => {
    const first = await begin(teamOf("a", "b"));
    await first.answer(1, "from a");
    await settle(() => first.types().includes("step.judged"));
    await first.steer({ do: "pause" });
    const { service, asked } = await again();
    expect((await service.report(first.runId))?.status).toBe("paused");
    await service.resume(first.runId, { actor: "host" });
    for (let i = 0; i < 20; i++) await tick();
    expect(asked).toEqual([]);
    await service.steer(first.runId, { do: "resume" }, "bob");
    expect(await service.wait(first.runId)).toMatchObject({ status: "accepted", output: "b again" });
    expect(asked).toEqual(["b"]);
  });

  it("waits at its gate for as long as it takes, and an approval carries it on from there", async () => {
    const first = await begin(gated([{ id: "publish", before: "b", ask: "?" }]));
    await first.answer(1, "from a");
    await first.service.wait(first.runId);
    const { service, asked } = await again();
    expect(await service.waiting()).toMatchObject([{ gate: "publish", path: "r0/b" }]);
    await service.steer(first.runId, { do: "approve", gate: "publish" }, "bob");
    expect(await service.wait(first.runId)).toMatchObject({ status: "accepted", output: "b again" });
    expect(asked).toEqual(["b"]);
    expect(data("gate.opened")).toHaveLength(1);
  });

  it("hears of a redirection and a pause without being carried on, and is cancelled without a call", async () => {
    const first = await begin(teamOf("a", "b"));
    await first.answer(1, "from a");
    await settle(() => first.types().includes("step.judged"));
    const { service, asked } = await again();
    expect((await service.report(first.runId))?.status).toBe("interrupted");
    await service.steer(first.runId, { do: "redirect", instruction: "shorter" }, "bob");
    await service.steer(first.runId, { do: "pause" }, "bob");
    expect((await service.report(first.runId))?.status).toBe("paused");
    await service.steer(first.runId, { do: "cancel", reason: "enough" }, "bob");
    expect(await service.wait(first.runId)).toMatchObject({ status: "cancelled", reasons: ["Cancelled: enough"] });
    expect(asked).toEqual([]);
    expect(host.journal().filter(({ type }) => type === "run.finished")).toHaveLength(1);
  });

  it("ends as cancelled when it was killed between the word and the end", async () => {
    const first = await begin(teamOf("a", "b"));
    await settle(() => first.asked.length === 1);
    await first.steer({ do: "cancel" });
    const told = host.journal().findIndex(({ type }) => type === "run.cancelled");
    const { service, asked } = await again(told + 1);
    await service.resume(first.runId, { actor: "host" });
    expect((await service.wait(first.runId)).status).toBe("cancelled");
    expect(asked).toEqual([]);
  });

  it("says why it cannot go on now, once, and is left to be carried on later", async () => {
    const first = await begin(teamOf("a", "b"));
    await first.answer(1, "from a");
    await settle(() => first.types().includes("step.judged"));
    const entries = [...host.journal()];
    await host.close();
    host = await createTestHost({ entries, plugins: [runner, parallel, scripted(() => "x")] });
    const service = host.kernel.service(Runner);
    for (let i = 0; i < 2; i++) await expect(service?.resume(first.runId, { actor: "host" })).rejects.toMatchObject({ code: "TOPOLOGY_MISSING" });
    expect(host.journal().filter(({ type }) => type === "run.stalled")).toHaveLength(1);
    expect(await service?.report(first.runId)).toMatchObject({ status: "interrupted", error: { code: "TOPOLOGY_MISSING" } });
    await host.install(sequential);
    await service?.resume(first.runId, { actor: "host" });
    expect(await service?.wait(first.runId)).toMatchObject({ status: "accepted" });
  });
});

describe("fork", () => {
  it("keeps what settled before the step, at no cost, and does the rest anew", async () => {
    const first = await begin(teamOf("a", "b", "c"));
    for (const [i, name] of ["a", "b", "c"].entries()) await first.answer(i + 1, `from ${name}`);
    await first.service.wait(first.runId);
    const forked = await first.service.fork(first.runId, { at: "r0/b", task: "Say goodbye" }, { actor: "bob" });
    await first.answer(4, "another b");
    await first.answer(5, "another c");
    const report = await first.service.wait(forked.runId);
    expect(report).toMatchObject({ status: "accepted", output: "another c", task: "Say goodbye", cost: { calls: 2 } });
    expect(first.asked.slice(3).map(({ origin, view }) => [origin.run, origin.agent, view.task, view.inputs.map(({ text }) => text)])).toEqual([
      [forked.runId, "b", "Say goodbye", ["from a"]],
      [forked.runId, "c", "Say goodbye", ["another b"]],
    ]);
    const copies = host.journal().filter(({ run, type }) => run === forked.runId && type === "step.finished");
    expect(copies.map(({ data: step }) => (step as { copied?: boolean }).copied)).toEqual([true, undefined, undefined]);
    expect((await first.service.report(first.runId))?.output).toBe("from c");
  });

  it("gives the same team another topology, and names the steps there are when asked for one there is not", async () => {
    const first = await begin(teamOf("a", "b"));
    await first.answer(1, "x");
    await first.answer(2, "y");
    await first.service.wait(first.runId);
    const forked = await first.service.fork(first.runId, { topology: "parallel" }, { actor: "bob" });
    await settle(() => first.asked.length === 4 || first.asked.length === 3);
    await first.answer(3, "one");
    await first.answer(4, "two");
    expect(await first.service.wait(forked.runId)).toMatchObject({ status: "accepted", topology: { id: "parallel" } });
    await expect(first.service.fork(first.runId, { at: "r9/z" }, { actor: "bob" })).rejects.toMatchObject({
      code: "STEP_UNKNOWN",
      todo: expect.stringContaining("r0/a"),
    });
  });
});
