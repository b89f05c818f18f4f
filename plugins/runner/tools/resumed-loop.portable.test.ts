import calculator from "@orrery/plugins/tools/calculator";
import cost from "@orrery/plugins/cost";
import policy from "@orrery/plugins/tools/policy";
import sequential from "@orrery/plugins/topologies/sequential";
import { type JournalEntry, Journal, type ModelRequest, Runner, type RunReport } from "@orrery/sdk";
import { createTestHost } from "@orrery/sdk/testing";
import { expect, it } from "vitest";
import { scripted } from "../../../tests/support/tiny-team.ts";
import runner from "../index.ts";

const rounds = 4;
const team = { name: "one", agents: [{ id: "a", role: "a", skill: "write", prompt: "p", tools: ["calculator"] }] };

interface Life {
  report: RunReport;
  asked: ModelRequest[];
  journal: JournalEntry[];
  verified: boolean | undefined;
}
/** One process over what the journal holds: adds up one number a round, then says what it came to. */
async function live(entries: readonly JournalEntry[]): Promise<Life> {
  const asked: ModelRequest[] = [];
  const model = scripted((request) => {
    asked.push(request);
    const told = request.messages.flatMap(({ role, content }) => (role === "tool" ? [content] : []));
    const expression = `${told.at(-1) ?? 0} + ${told.length + 1}`;
    if (told.length < rounds) return { toolCalls: [{ id: `call-${told.length}`, tool: "calculator", input: { expression } }] };
    return `It is ${told.at(-1)}.`;
  });
  const host = await createTestHost({ entries, plugins: [cost, policy, calculator, sequential, runner, model] });
  try {
    const service = host.kernel.service(Runner);
    if (!service) throw new Error("no runner");
    const request = { text: "Add up.", team, actor: "ada", workspace: "w", spending: { allowed: false, capNano: 0, why: "a test" } };
    const run = entries[0]?.run ?? (await service.start(request)).runId;
    if (entries.length > 0) await service.resume(run, { actor: "ada" });
    const report = await service.wait(run);
    const verified = await host.kernel.service(Journal)?.verify(run);
    return { report, asked, journal: [...host.journal()], verified: verified?.ok };
  } finally {
    await host.close();
  }
}
const keysOf = (entries: readonly JournalEntry[], type: string): string[] =>
  entries.flatMap((entry) =>
    entry.type === type ? [String((entry.data as { key?: unknown; call?: unknown }).key ?? (entry.data as { call?: unknown }).call)] : [],
  );

it("a run that dies in the middle of an agent's tools goes on with the round it was in: no answered round is asked again, no finished call made again", async () => {
  const whole = await live([]);
  expect(whole.report).toMatchObject({ status: "accepted", output: "It is 10.", cost: { calls: rounds + 1 } });
  expect(new Set(whole.asked.map(({ id }) => id)).size).toBe(rounds + 1);
  expect(keysOf(whole.journal, "model.answered")).toEqual(whole.asked.slice(0, rounds).map(({ id }) => id));
  const end = whole.journal.findIndex(({ type }) => type === "run.finished");
  for (let cut = 1; cut <= end; cut++) {
    const left = whole.journal.slice(0, cut);
    const { report, asked, journal, verified } = await live(left);
    const at = `cut at ${cut} of ${end}: ${left.at(-1)?.type}`;
    expect([report.status, report.output, verified], at).toEqual(["accepted", "It is 10.", true]);
    const answered = new Set(keysOf(left, "model.answered"));
    const settled = left.some(({ type }) => type === "step.finished") ? rounds + 1 : answered.size;
    expect(
      asked.map(({ id }) => id),
      at,
    ).toEqual(whole.asked.slice(settled).map(({ id }) => id));
    // What a round is asked follows from what the rounds before it came to, whichever life those were in.
    expect(
      asked.map(({ messages }) => messages),
      at,
    ).toEqual(whole.asked.slice(settled).map(({ messages }) => messages));
    for (const type of ["model.answered", "tool.finished"]) expect(keysOf(journal, type), `${at}, ${type}`).toEqual(keysOf(whole.journal, type));
    const used = journal.flatMap(({ type, data }) => (type === "step.finished" ? [(data as unknown as { result: { usage: object } }).result.usage] : []));
    expect(used, at).toEqual([{ inputTokens: 10 * (rounds + 1), outputTokens: 5 * (rounds + 1) }]);
  }
});

it("keeps of each round what is new in it: the journal grows with the rounds, not with their square", async () => {
  const { journal } = await live([]);
  const sizes = journal.flatMap((entry) => (entry.type === "model.answered" ? [JSON.stringify(entry.data).length] : []));
  expect(sizes).toHaveLength(rounds);
  expect((sizes.at(-1) ?? 0) - (sizes[0] ?? 0)).toBeLessThan(10);
});
