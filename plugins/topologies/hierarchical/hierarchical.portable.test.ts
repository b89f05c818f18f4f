import fc from "fast-check";
import { expect, test } from "vitest";
import { executor } from "../kit/index.ts";
import { anyTeam, teamOf } from "../kit/testing/arbitrary.ts";
import { drive, type Observed, type World } from "../kit/testing/scheduler.ts";
import { anyVoices, claimFailures, inOrder } from "../kit/testing/voices.ts";
import { hierarchical } from "./hierarchical.ts";

const ranks = executor(hierarchical);
const broken = { ok: false, text: "", error: { code: "BROKEN", message: "secret" } };
const plan =
  (text: Record<string, string>): World["answer"] =>
  ({ path }) => ({ ok: true, text: text[path] ?? path });
const steps = ({ started }: Observed) => started.map((step) => [step.path, step.task ?? "", step.inputs]);
const count = (fact: unknown): number => Number(fact ?? 0);

test("the manager plans, everybody works, the manager hears every result; calls are 1 + w + 1 a round and what was planned anew", async () => {
  await fc.assert(
    fc.asyncProperty(anyTeam, fc.integer({ min: 1, max: 3 }), anyVoices(true), async (team, rounds, world) => {
      const observed = await drive(ranks, team, { rounds }, world);
      const { started, settled, done } = observed;
      const manager = started[0]?.agent ?? "";
      const good = new Set(settled.filter((one) => one.ok).map((one) => one.path));
      for (const step of started) {
        const own = step.agent === manager;
        expect(own).toBe(/\.(plan\d*|sum)$/.test(step.path));
        if (!own) expect(step.inputs).toEqual([]);
        const workers = started.filter((other) => other.round === step.round && other.agent !== manager).map((other) => other.path);
        if (step.path.endsWith(".sum") && workers.length > 0) expect(step.inputs).toEqual(workers.filter((path) => good.has(path)));
      }
      claimFailures(observed);
      const { facts } = done;
      if (facts?.["stop"] === "rounds") expect(started).toHaveLength(2 * count(facts["planned"]) + count(facts["delegated"]) + count(facts["replans"]));
      const predicted = await ranks.predictCalls(team, { rounds });
      expect(predicted).toMatchObject({ min: 2, expected: rounds * (team.agents.length + 1) });
      expect(started.length).toBeLessThanOrEqual(predicted.max);
    }),
  );
});

test("each subtask goes to its one owner, who sees it in place of the task, and nobody else's", async () => {
  const said = plan({ "r0/m.plan": '{"count lambs": "a", "count ships": "b", "count nets": "a"}' });
  const observed = await drive(ranks, teamOf(["m", "plan"], "a", "b"), {}, inOrder(said));
  expect(steps(observed)).toEqual([
    ["r0/m.plan", "", []],
    ["r0/a", "count lambs", []],
    ["r0/b", "count ships", []],
    ["r0/a.2", "count nets", []],
    ["r0/m.sum", "", ["r0/a", "r0/b", "r0/a.2"]],
  ]);
  expect(observed.started.map((step) => step.skill)).toEqual(["plan", undefined, undefined, undefined, "write"]);
  expect(observed.done).toEqual({ output: "r0/m.sum", failures: [], facts: { rounds: 1, stop: "rounds", delegated: 3, replans: 0, planned: 1 } });
});

test("somebody there is not is told to the manager, who plans anew; after that the rest is done without it, and listed", async () => {
  const wrong = '{"count lambs": "zoe", "count ships": "b"}';
  const mended = await drive(ranks, teamOf("m", "b"), {}, inOrder(plan({ "r0/m.plan": wrong, "r0/m.plan2": '{"count all": "b"}' })));
  expect(mended.started[1]).toMatchObject({ path: "r0/m.plan2", inputs: ["r0/m.plan"], instruction: expect.stringContaining('there is no worker "zoe"') });
  expect(mended.done).toMatchObject({ failures: [], facts: { delegated: 1, replans: 1 } });
  const again = await drive(ranks, teamOf("m", "b"), {}, inOrder(plan({ "r0/m.plan": wrong, "r0/m.plan2": wrong })));
  expect(steps(again).slice(2)).toEqual([
    ["r0/b", "count ships", []],
    ["r0/m.sum", "", ["r0/b"]],
  ]);
  expect(again.done.failures).toEqual([{ agent: "m", path: "r0/m.plan2", code: "PLAN_REFUSED", message: 'there is no worker "zoe" (there are: b)' }]);
});

test("a manager's own name is nobody's it can give work to", async () => {
  const { started } = await drive(ranks, teamOf("m", "b"), { replans: 0 }, inOrder(plan({ "r0/m.plan": '{"do it": "m", "or this": "b"}' })));
  expect(started.map((step) => step.path)).toEqual(["r0/m.plan", "r0/b", "r0/m.sum"]);
});

test("a worker with people of its own plans, delegates and integrates, at any depth, and no desk waits for another", async () => {
  const reports = { m: ["lead", "d"], lead: ["b", "c"] };
  const said = plan({ "r0/m.plan": '{"the sea": "lead", "the land": "d"}', "r0/lead/lead.plan": '{"ships": "b", "fish": "c"}' });
  const observed = await drive(ranks, teamOf("m", "lead", "b", "c", "d"), { reports }, { pick: (waiting) => waiting - 1, answer: said });
  expect(steps(observed)).toEqual([
    ["r0/m.plan", "", []],
    ["r0/lead/lead.plan", "the sea", []],
    ["r0/d", "the land", []],
    ["r0/lead/b", "ships", []],
    ["r0/lead/c", "fish", []],
    ["r0/lead/lead.sum", "the sea", ["r0/lead/b", "r0/lead/c"]],
    ["r0/m.sum", "", ["r0/lead/lead.sum", "r0/d"]],
  ]);
  expect(await ranks.predictCalls(teamOf("m", "lead", "b", "c", "d"), { reports })).toMatchObject({ min: 2, expected: 7 });
});

test("the manager goes on until it says done; a later plan hands earlier results on", async () => {
  const said: Record<string, string> = {
    "r0/m.plan": '{"find": "a"}',
    "r1/m.plan": '[{"worker": "b", "subtask": "check", "given": ["a"]}]',
    "r1/m.sum": "All is well.\nDONE",
  };
  const observed = await drive(ranks, teamOf("m", "a", "b"), { rounds: 5 }, inOrder(plan(said)));
  expect(steps(observed).slice(3)).toEqual([
    ["r1/m.plan", "", ["r0/m.sum"]],
    ["r1/b", "check", ["r0/a"]],
    ["r1/m.sum", "", ["r1/b"]],
  ]);
  expect(observed.done).toMatchObject({ output: "r1/m.sum", facts: { rounds: 2, stop: "the manager says done" } });
});

test("nothing a worker made is lost when its manager fails, and a team that fails whole leaves nothing", async () => {
  const failing = (...paths: string[]) => inOrder(({ path }) => (paths.includes(path) ? broken : { ok: true, text: path }));
  const reports = { m: ["lead", "d"], lead: ["b", "c"] };
  const team = teamOf("m", "lead", "b", "c", "d");
  const below = await drive(ranks, team, { reports }, failing("r0/lead/lead.sum"));
  expect(below.started.at(-1)?.inputs).toEqual(["r0/lead/b", "r0/lead/c", "r0/d"]);
  const top = await drive(ranks, team, { reports }, failing("r0/m.sum"));
  expect(top.done).toMatchObject({ output: undefined, text: "r0/lead/lead.sum\n\nr0/d", failures: [{ path: "r0/m.sum" }] });
  const all = await drive(
    ranks,
    team,
    { reports },
    inOrder(() => broken),
  );
  expect(all.done.output ?? all.done.text).toBeUndefined();
  const strict = await drive(ranks, team, { reports, onAgentFailure: "fail" }, failing("r0/d"));
  expect(strict.done).toMatchObject({ output: undefined, facts: { stop: "an agent failed" } });
  expect(strict.cancelled.length).toBeGreaterThan(0);
});

test("a hierarchy that cannot be is refused with its place", () => {
  const team = teamOf("a", "b", "c");
  expect(ranks.check(team, { manager: "z" })).toEqual(['config.manager: there is no agent "z" (there are: a, b, c)']);
  expect(ranks.check(team, { reports: { a: ["b", "z"] } })).toEqual(['config.reports.a: there is no agent "z" (there are: a, b, c)']);
  expect(ranks.check(team, { reports: { a: ["b", "c"], b: ["c"] } })).toEqual(["config.reports.b: c has two parents: a → c and b → c"]);
  expect(ranks.check(team, { reports: { a: ["b"], b: ["a"] } })).toEqual(["config.reports: they go in a circle: a → b → a"]);
  expect(ranks.check(team, { reports: { a: ["b"] } })).toEqual(['config.reports: "c" reports to nobody']);
  expect(ranks.check(team, { manager: "b", reports: { a: ["b", "c"] } })).toEqual([expect.stringContaining('"b" reports to "a"')]);
});
