import type { Dispatch, Json, Settled, Team } from "@orrery/sdk";
import fc from "fast-check";
import { expect, test } from "vitest";
import { executor } from "../kit/index.ts";
import { anyTeam, teamOf } from "../kit/testing/arbitrary.ts";
import { drive, type World } from "../kit/testing/scheduler.ts";
import { leastMargin } from "./margin.ts";
import { maker } from "./maker.ts";

const voting = executor(maker);
const steps = ["Take {state} and add one.", "Double {state}.", "Negate {state}."];
const inOrder = (answer: World["answer"]): World => ({ pick: () => 0, answer });
const answers =
  (by: (dispatch: Dispatch) => string): World["answer"] =>
  (dispatch) => ({ ok: true, text: by(dispatch) });
const sampleOf = ({ path }: Dispatch): number => Number(path.split("/v")[1]);

test("a step's answer is all that reaches the next one", async () => {
  const { started, done } = await drive(voting, teamOf("a", "b"), { steps, initial: "7", k: 2 }, inOrder(answers(({ round }) => `after ${round}`)));
  expect(started.map(({ path, task }) => [path, task])).toEqual([
    ["s0/v0", "Take 7 and add one."],
    ["s0/v1", "Take 7 and add one."],
    ["s1/v0", "Double after 0."],
    ["s1/v1", "Double after 0."],
    ["s2/v0", "Negate after 1."],
    ["s2/v1", "Negate after 1."],
  ]);
  expect(started.every(({ bare, inputs }) => bare && inputs.length === 0)).toBe(true);
  expect(started.map(({ temperature }) => temperature)).toEqual([0, 0.1, 0, 0.1, 0, 0.1]);
  expect(done).toEqual({ output: "s2/v0", failures: [], facts: { steps: 3, p: 0.9, k: 2, samples: 6, flagged: 0 } });
});

test("a wave is never larger than what a vote at a time would have drawn; the first answer k ahead wins", async () => {
  // a a b → ahead by 1; two more votes are needed at least.
  const script = ["a", "b", "a", "a", "a"];
  const { started, done } = await drive(voting, teamOf("x"), { steps: ["Go."], k: 3 }, inOrder(answers((step) => script[sampleOf(step)] ?? "a")));
  expect(started.map(({ path, after }) => [path, after.length])).toEqual([
    ["s0/v0", 0],
    ["s0/v1", 0],
    ["s0/v2", 0],
    ["s0/v3", 3],
    ["s0/v4", 3],
  ]);
  expect(done.output).toBe("s0/v0");
});

test("whatever the votes, their number and the winner are those of one vote at a time", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom("a", "b", "c", "!"), { minLength: 200, maxLength: 200 }), fc.integer({ min: 1, max: 6 }), async (votes, k) => {
      const config = { steps: ["Go."], k, maxSamples: 200, flags: { format: { pattern: "[a-c]" } } };
      const { started, done } = await drive(voting, teamOf("x", "y"), config, inOrder(answers((step) => votes[sampleOf(step)] ?? "a")));
      const tally = new Map<string, number>();
      const decided = votes.findIndex((vote) => {
        if (vote !== "!") tally.set(vote, (tally.get(vote) ?? 0) + 1);
        const [first = 0, second = 0] = [...tally.values()].sort((a, b) => b - a);
        return first - second >= k;
      });
      expect(started).toHaveLength(decided < 0 ? 200 : decided + 1);
      if (decided < 0) expect(done.failures).toMatchObject([{ code: "MAKER_UNDECIDED" }]);
      else expect(votes[sampleOf({ path: done.output ?? "" } as Dispatch)]).toBe(votes[decided]);
    }),
  );
});

test.each([
  ["over-long", { maxChars: 5 }, "123456"],
  ["not JSON", { format: "json" }, '```json\n{"x":1}\n```'],
  ["not of the pattern", { format: { pattern: "\\d+" } }, "about 12"],
  ["not of the schema", { format: { schema: { type: "object", properties: { x: { type: "integer" } }, required: ["x"] } } }, '{"x":"one"}'],
])("a sample that is %s is thrown away and drawn again, neither repaired nor counted", async (_, flags, bad) => {
  const good = "format" in flags ? (typeof flags.format === "object" && "pattern" in flags.format ? "12" : '{"x":1}') : "12";
  const { started, done } = await drive(
    voting,
    teamOf("x"),
    { steps: ["Go."], k: 2, flags } as unknown as Json,
    inOrder(answers((step) => (sampleOf(step) < 3 ? bad : good))),
  );
  expect(started).toHaveLength(5);
  expect(done).toMatchObject({ output: "s0/v3", failures: [], facts: { samples: 5, flagged: 3 } });
});

test("a step nobody can agree on is undecided after maxSamples, and the run ends without an outcome", async () => {
  const config = { steps: ["Go.", "On from {state}."], k: 3, maxSamples: 10 };
  const { started, done } = await drive(voting, teamOf("x"), config, inOrder(answers((step) => String(sampleOf(step) % 2))));
  expect(started).toHaveLength(10);
  expect(done).toMatchObject({
    output: undefined,
    failures: [{ path: "s0", code: "MAKER_UNDECIDED", message: expect.stringContaining("step 1 of 2 is undecided after 10 samples") }],
  });
});

test("p of ½ or less is refused before anything runs, and by the calibration before the first step", async () => {
  expect(await voting.check(teamOf("x"), { steps: ["Go."], p: 0.5 })).toEqual([
    expect.stringMatching(/^config\.p: with 0\.5 a vote is for the wrong answer at least as often/),
  ]);
  const calibrate = {
    questions: [
      { task: "1+1?", answer: "2" },
      { task: "2+2?", answer: "4" },
    ],
    samples: 4,
  };
  const { started, done } = await drive(voting, teamOf("x"), { steps: ["Go."], calibrate }, inOrder(answers(() => "2")));
  expect(started.every(({ path }) => path.startsWith("calibrate/"))).toBe(true);
  expect(done).toMatchObject({ output: undefined, failures: [{ code: "MAKER_BELOW_HALF", message: expect.stringContaining("4 of 8 answers") }] });
});

test("a calibration measures p, and the margin follows from what it measured", async () => {
  const calibrate = { questions: [{ task: "1+1?", answer: "2" }], samples: 38 };
  const world = inOrder(answers((step) => (step.path.startsWith("calibrate/") && sampleOf(step) < 5 ? "3" : "2")));
  const { started } = await drive(voting, teamOf("x"), { repeat: { times: 50, task: "From {state}." }, calibrate }, world);
  // 33 of 38 right: (33 + 1) / (38 + 2) = .85
  expect(started.filter(({ path }) => path.startsWith("s0/"))).toHaveLength(leastMargin(0.85, 50, 0.95));
});

test("without settings each agent of the team is a step: its samples vote, and it sees the answer before", async () => {
  await fc.assert(
    fc.asyncProperty(anyTeam, async (team: Team) => {
      const { started, done } = await drive(voting, team, { k: 2 }, inOrder(answers(({ agent }) => `by ${agent}`)));
      const ids = team.agents.map(({ id }) => id);
      expect(started.map(({ agent }) => agent)).toEqual(ids.flatMap((id) => [id, id]));
      for (const step of started) expect(step.inputs).toEqual(step.round === 0 ? [] : [`s${step.round - 1}/v0`]);
      expect(done.output).toBe(`s${ids.length - 1}/v0`);
    }),
  );
});

test("a failed sample is drawn again and listed; with fail it ends the run", async () => {
  const world = inOrder(
    (step): Omit<Settled, "path" | "agent"> =>
      sampleOf(step) === 0 ? { ok: false, text: "", error: { code: "BROKEN", message: "it broke" } } : { ok: true, text: "yes" },
  );
  const skipped = await drive(voting, teamOf("x"), { steps: ["Go."], k: 2 }, world);
  expect([skipped.started.length, skipped.done.output, skipped.done.failures.length]).toEqual([3, "s0/v1", 1]);
  const failed = await drive(voting, teamOf("x"), { steps: ["Go."], k: 2, onAgentFailure: "fail" }, world);
  expect([failed.cancelled, failed.done.output]).toEqual([["s0/v1"], undefined]);
});

test("the state of a long run holds its last answer only, so every move is the same size", async () => {
  const sizes: number[] = [];
  const team = teamOf("x");
  let move = await voting.start(team, { repeat: { times: 1_023, task: "From {state}." }, k: 1 }, "go");
  for (let i = 0; !move.done; i += 1) {
    const { path, agent } = move.dispatch[0] as Dispatch;
    move = await voting.next(move.state, { path, agent, ok: true, text: `answer ${i + 1_000}` });
    sizes.push(JSON.stringify(move.state).length);
  }
  expect(sizes).toHaveLength(1_023);
  const middle = sizes.slice(10, -1);
  expect(Math.max(...middle) - Math.min(...middle)).toBeLessThan(20);
});

test("what cannot be meant is refused with its place", () => {
  const refused = (config: Json): string[] => voting.check(teamOf("x"), config) as string[];
  expect(refused({ steps: ["Go."], repeat: { times: 2, task: "From {state}." } })).toEqual(["config: give one of steps, repeat and generate"]);
  expect(refused({ steps: ["Go.", "Stop."] })).toEqual([expect.stringMatching(/^config\.steps\[1\]: it does not hold \{state\}/)]);
  expect(refused({ flags: { format: { pattern: "(a+)+" } } })).toEqual([expect.stringMatching(/^config\.flags\.format: the pattern repeats/)]);
  expect(refused({ flags: { format: { pattern: "(" } } })).toEqual([expect.stringMatching(/^config\.flags\.format: /)]);
  expect(refused({ steps: ["Go."], k: 5, maxSamples: 4 })).toEqual(["config.maxSamples: 4 samples cannot put an answer 5 votes ahead"]);
  expect(refused({ steps: ["Go."], p: 1.2 })).toEqual([expect.stringMatching(/^config\.p: /)]);
});

test("what an answer holds is never read as a place of the next step's text", async () => {
  const { started } = await drive(
    voting,
    teamOf("x"),
    { steps: ["Go.", "On from {state}, {task}."], k: 1 },
    inOrder(answers(() => "{task} {steps}")),
    "the task",
  );
  expect(started[1]?.task).toBe("On from {task} {steps}, the task.");
});
