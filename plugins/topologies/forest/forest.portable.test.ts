import type { Team } from "@orrery/sdk";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { executor } from "../kit/index.ts";
import { agent, teamOf } from "../kit/testing/arbitrary.ts";
import { drive } from "../kit/testing/scheduler.ts";
import { anyVoices, claimFailures, inOrder } from "../kit/testing/voices.ts";
import { forest } from "./forest.ts";

const trees = executor(forest);
const echo = inOrder(({ path }) => ({ ok: true, text: path }));
const edges = (...texts: string[]) => texts.map((text) => ({ from: text.split(">")[0] ?? "", to: text.split(">")[1] ?? "" }));
const broken = { ok: false, text: "", error: { code: "BROKEN", message: "secret" } };

/** Two trees: the sea with ships and fish, the land with sheep; and one who leads and has no field. */
const team: Team = { name: "team", agents: ["sea", "ships", "fish", "land", "sheep", "desk"].map((id) => agent(id, id === "desk" ? "write" : "research")) };
const config = {
  edges: edges("sea>ships", "sea>fish", "land>sheep"),
  about: {
    sea: "ships, fish, ferries and the harbour",
    ships: "ferries and engines",
    fish: "herring and cod",
    land: "sheep, lambs and fields",
    sheep: "lambs",
  },
};

test("the trees the task is for work, each from its root down to the expert for it; the others get no call", async () => {
  const { started, done } = await drive(trees, team, config, echo, "When does the ferry leave the harbour?");
  expect(started.map((step) => [step.path, step.inputs])).toEqual([
    ["r0/sea", []],
    ["r1/ships", ["r0/sea"]],
  ]);
  expect(done).toMatchObject({ output: "r1/ships", facts: { router: "words", fallback: false, trees: [{ root: "sea", route: ["sea", "ships"] }] } });
});

test("chosen trees work side by side, none waiting for the other, and their results become one", async () => {
  const both = "What do ferries, herring and lambs have in common?";
  const lastFirst = { pick: (waiting: number) => waiting - 1, answer: echo.answer };
  const { started, done } = await drive(trees, team, config, lastFirst, both);
  expect(started.map((step) => [step.path, step.cause])).toEqual([
    ["r0/land", undefined],
    ["r0/sea", undefined],
    ["r1/ships", "r0/sea"],
    ["r1/sheep", "r0/land"],
  ]);
  expect(done.text).toBe("r1/sheep\n\nr1/ships");
  const merged = await drive(trees, team, { ...config, merge: { agent: "desk" } }, lastFirst, both);
  expect(merged.started.at(-1)).toMatchObject({ path: "r2/desk", inputs: ["r1/sheep", "r1/ships"] });
  expect(merged.done.output).toBe("r2/desk");
  expect(await trees.predictCalls(team, { ...config, merge: { agent: "desk" } })).toEqual({ min: 2, expected: 5, max: 5 });
});

test("where none reaches the threshold the fallback tree works, by default that of the one who leads", async () => {
  const task = "Prove the theorem of Pythagoras.";
  expect((await drive(trees, team, config, echo, task)).done).toMatchObject({ output: "r0/desk", facts: { fallback: true } });
  expect((await drive(trees, team, { ...config, fallback: "land" }, echo, task)).done.output).toBe("r1/sheep");
});

describe("the router by vectors", () => {
  const vectors = async (texts: string[]) => texts.map((text) => Float32Array.from(/lamb|field/.test(text) ? [1, 0] : [0, 1]));
  test("chooses by cosine, whatever the words", async () => {
    const far = executor(forest, async (texts) => (await vectors(texts)).map((vector, i) => (i === 0 ? Float32Array.from([1, 0]) : vector)));
    const { done } = await drive(far, team, { ...config, router: { by: "embedding" } }, echo, "Who is in the pasture with the little ones?");
    expect(done.facts).toMatchObject({ router: "embedding", trees: [{ root: "land", score: 1 }] });
  });
  test("goes by words where there is no encoder or the task is not English, and says so", async () => {
    const words = { ...config, router: { by: "embedding" } };
    expect((await drive(trees, team, words, echo, "When is the ferry there?")).done.facts).toMatchObject({ router: "words (no encoder here)" });
    expect((await drive(trees, team, words, echo, "Wann fährt das Schiff")).done.facts).toMatchObject({ router: "words (the task is not English)" });
  });
});

test("in any forest the calls are the lengths of the chosen ways, and a step hears its parent only", async () => {
  const anyForest = fc.array(fc.integer({ min: -1, max: 7 }), { minLength: 1, maxLength: 9 }).map((parents) => {
    const ids = parents.map((_, i) => `a${i}`);
    return { team: teamOf(...ids), edges: parents.flatMap((parent, i) => (parent >= 0 && parent < i ? [{ from: `a${parent}`, to: `a${i}` }] : [])) };
  });
  await fc.assert(
    fc.asyncProperty(anyForest, anyVoices(true), fc.constantFrom("concat", "best", "vote"), async ({ team, edges }, world, merge) => {
      const observed = await drive(trees, team, { edges, merge, router: { threshold: 0 } }, world);
      const { started, done } = observed;
      const chosen = (done.facts?.["trees"] ?? []) as { route: string[] }[];
      expect(started.map((step) => step.agent).sort()).toEqual(chosen.flatMap(({ route }) => route).sort());
      for (const step of started) for (const input of step.inputs) expect(edges.length === 0 || input.startsWith("r")).toBe(true);
      for (const { route } of chosen) for (const [i, id] of route.entries()) if (i > 0) expect(edges).toContainEqual({ from: route[i - 1], to: id });
      claimFailures(observed);
      const { min, max } = await trees.predictCalls(team, { edges, merge });
      expect(started.length).toBeGreaterThanOrEqual(min);
      expect(started.length).toBeLessThanOrEqual(max);
    }),
  );
});

test("below one that failed, the next goes on with what there is on its way; fail ends it", async () => {
  const world = inOrder(({ agent: id }) => (id === "ships" ? broken : { ok: true, text: id }));
  const task = "When does the ferry leave?";
  expect((await drive(trees, team, config, world, task)).done).toMatchObject({ output: "r0/sea", failures: [{ agent: "ships" }] });
  expect((await drive(trees, team, { ...config, onAgentFailure: "fail" }, world, task)).done).toMatchObject({
    output: undefined,
    failures: [{ agent: "ships" }],
  });
});

test("what is no forest is refused with its path", () => {
  const refused = (more: object) => trees.check(team, { ...config, ...more } as never);
  expect(refused({ edges: edges("sea>ships", "land>ships") })).toEqual(["config.edges[1]: ships has two parents: sea → ships and land → ships"]);
  expect(refused({ edges: edges("sea>ships", "ships>sea") })).toEqual(["config.edges: they go in a circle: sea → ships → sea"]);
  expect(refused({ edges: edges("sea>moon") })).toEqual([expect.stringContaining('config.edges[0]: there is no agent "moon"')]);
  expect(refused({ top: 4 })).toEqual(["config.top: 4 of 3 trees cannot be"]);
  expect(refused({ fallback: "ships" })).toEqual(['config.fallback: "ships" is no root (these are: sea, land, desk)']);
  expect(refused({ merge: { agent: "sea" } })).toEqual(['config.merge.agent: "sea" is in a tree, and who merges is in none']);
  expect(refused({ about: { moon: "x" } })).toEqual([expect.stringContaining("config.about.moon: ")]);
  expect(trees.check(teamOf("a"), { merge: { agent: "a" } })).toEqual([expect.stringContaining("no tree whose result it could merge")]);
});
