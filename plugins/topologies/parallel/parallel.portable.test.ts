import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyTeam, anyWorld, nobodyFails, someFail, teamOf } from "../kit/testing/arbitrary.ts";
import { executor } from "../kit/index.ts";
import { drive, type World } from "../kit/testing/scheduler.ts";
import { shape, parallelConfig } from "./config.ts";
import { parallel } from "./parallel.ts";

const all = executor(parallel);
const firstToLast = (answer: World["answer"]): World => ({ pick: () => 0, answer });
const says = (answers: Record<string, { text: string; score?: number; data?: { answer: string } } | "fails">): World =>
  firstToLast(({ agent }) => {
    const answer = answers[agent];
    if (answer === undefined) return { ok: true, text: `by ${agent}` };
    return answer === "fails" ? { ok: false, text: "", error: { code: "BROKEN", message: "secret" } } : { ok: true, ...answer };
  });
const anyReducer = fc.constantFrom(undefined, "concat" as const, "vote" as const, "best" as const);
const config = (reducer: string | undefined) => (reducer ? { reducer } : {});

test("views are identical and independent, all start before any settles; predicted = observed", async () => {
  await fc.assert(
    fc.asyncProperty(anyTeam, anyReducer, anyWorld(nobodyFails), async (team, reducer, world) => {
      const { started, done } = await drive(all, team, config(reducer), world);
      const { workers, reducer: by } = shape(team, parallelConfig.parse(config(reducer)));
      const first = started.filter((step) => step.round === 0);
      expect(first.map((step) => step.agent)).toEqual(workers);
      for (const step of first)
        expect({ inputs: step.inputs, after: step.after, instruction: step.instruction }).toEqual({ inputs: [], after: [], instruction: undefined });
      const last = started.filter((step) => step.round === 1);
      expect(last.map((step) => [step.agent, step.inputs])).toEqual(typeof by === "object" ? [[by.agent, workers.map((id) => `r0/${id}`)]] : []);
      expect(done.failures).toEqual([]);
      expect(done.output ?? done.text).toBeDefined();
      const calls = started.length;
      expect(all.predictCalls(team, config(reducer))).toEqual({ min: calls, expected: calls, max: calls });
    }),
  );
});

test("skips failed agents, says who they were, and never passes their error on", async () => {
  await fc.assert(
    fc.asyncProperty(anyTeam, anyReducer, anyWorld(someFail), async (team, reducer, world) => {
      const observed = await drive(all, team, config(reducer), world);
      const { workers } = shape(team, parallelConfig.parse(config(reducer)));
      const asked = observed.started.map((step) => step.agent);
      expect(observed.done.failures.map((failure) => failure.agent).sort()).toEqual(asked.filter((id) => world.failing.includes(id)).sort());
      const good = workers.filter((id) => !world.failing.includes(id));
      expect(observed.done.output !== undefined || observed.done.text !== undefined).toBe(good.length > 0);
      expect(observed.done.text ?? "").not.toContain("secret");
    }),
  );
});

test("k-of-n reduces the first k answers and cancels the rest; too many failures end it", async () => {
  await fc.assert(
    fc.asyncProperty(anyTeam, fc.nat(), anyWorld(someFail), async (team, seed, world) => {
      const n = team.agents.length;
      const k = 1 + (seed % n);
      const observed = await drive(all, team, { join: "k-of-n", k, reducer: "concat" }, world);
      const good = observed.settled.filter((settled) => settled.ok);
      const able = team.agents.filter((agent) => !world.failing.includes(agent.id)).length;
      expect(good.length).toBe(able >= k ? k : good.length);
      expect(observed.done.output !== undefined || observed.done.text !== undefined).toBe(able >= k);
      expect(observed.cancelled.length).toBe(n - observed.settled.length);
    }),
  );
});

test("first-accepted takes the first answer judged well enough and cancels the losers", async () => {
  const team = teamOf("a", "b", "c", ["d", "write"]);
  const observed = await drive(all, team, { join: "first-accepted", acceptAt: 0.6 }, says({ a: { text: "x", score: 0.5 }, b: { text: "y", score: 0.6 } }));
  expect(observed.done).toEqual({ output: "r0/b", failures: [] });
  expect(observed.cancelled).toEqual(["r0/c", "r0/d"]);
  const none = await drive(
    all,
    teamOf("a", "b"),
    { join: "first-accepted", acceptAt: 0.9 },
    says({ a: { text: "x", score: 0.2 }, b: { text: "y", score: 0.3 } }),
  );
  expect(none.done.output).toBe("r0/b");
});

describe("reducers", () => {
  test("vote counts answers that differ in case, space and closing marks as one", async () => {
    const { done } = await drive(all, teamOf("a", "b", "c"), { reducer: "vote" }, says({ a: { text: "No" }, b: { text: "Yes." }, c: { text: " yes" } }));
    expect(done.output).toBe("r0/b");
  });
  test("vote reads a structured answer before the text, and breaks a tie by score", async () => {
    const { done } = await drive(
      all,
      teamOf("a", "b"),
      { reducer: "vote" },
      says({ a: { text: "same", data: { answer: "1" }, score: 0.2 }, b: { text: "same", data: { answer: "2" }, score: 0.4 } }),
    );
    expect(done.output).toBe("r0/b");
  });
  test("best takes the highest score; unjudged answers come last", async () => {
    const { done } = await drive(all, teamOf("a", "b", "c"), { reducer: "best" }, says({ b: { text: "y", score: 0.1 }, c: { text: "z", score: 0.3 } }));
    expect(done.output).toBe("r0/c");
  });
  test("concat says nothing twice", async () => {
    const { done } = await drive(all, teamOf("a", "b", "c"), {}, says({ a: { text: "one" }, b: { text: "two" }, c: { text: "one\n" } }));
    expect(done.text).toBe("one\n\ntwo");
  });
  test("a failed reducing agent leaves the answers one after another when failures are skipped", async () => {
    const team = teamOf("a", "b", ["w", "write"]);
    const skipped = await drive(all, team, {}, says({ w: "fails" }));
    expect(skipped.done).toMatchObject({ text: "by a\n\nby b", failures: [{ agent: "w", code: "BROKEN" }] });
    const failed = await drive(all, team, { onAgentFailure: "fail" }, says({ w: "fails" }));
    expect(failed.done).toMatchObject({ output: undefined, failures: [{ agent: "w" }] });
    expect(failed.done.text).toBeUndefined();
  });
});

test("onAgentFailure fail cancels the others at the first failure", async () => {
  const { done, cancelled } = await drive(all, teamOf("a", "b", "c"), { onAgentFailure: "fail" }, says({ a: "fails" }));
  expect(done).toMatchObject({ output: undefined, failures: [{ agent: "a" }] });
  expect(cancelled).toEqual(["r0/b", "r0/c"]);
});

test("a config that cannot be is refused with its place", () => {
  const team = teamOf("a", "b");
  const problems = (config: Parameters<typeof all.check>[1]) => all.check(team, config);
  expect(problems({ reducer: { agent: "z" } })).toEqual(['config.reducer.agent: there is no agent "z" (there are: a, b)']);
  expect(all.check(teamOf("a"), { reducer: { agent: "a" } })).toEqual([expect.stringContaining("nobody whose answer")]);
  expect(problems({ reducer: "sum" })).toEqual([expect.stringContaining('config.reducer: write "concat"')]);
  expect(problems({ join: "k-of-n" })).toEqual(['config.k: the join "k-of-n" needs it']);
  expect(problems({ k: 1 })).toEqual(['config.k: the join "all" has no use for it']);
  expect(problems({ join: "k-of-n", k: 3 })).toEqual(["config.k: 3 answers of 2 agents cannot be"]);
  expect(problems({ join: "first-accepted", reducer: "vote" })).toEqual([expect.stringContaining("takes one answer")]);
});
