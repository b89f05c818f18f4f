import fc from "fast-check";
import { expect, test } from "vitest";
import { executor } from "../kit/index.ts";
import { anyTeam, teamOf } from "../kit/testing/arbitrary.ts";
import { drive } from "../kit/testing/scheduler.ts";
import { anyVoices, claimFailures, claimRounds, inOrder } from "../kit/testing/voices.ts";
import { mesh } from "./mesh.ts";

const peers = executor(mesh);
const anyRounds = fc.integer({ min: 0, max: 4 });

test("everybody hears itself and its peers of the round before, and nobody of its own round", async () => {
  await fc.assert(
    fc.asyncProperty(anyTeam, anyRounds, fc.boolean(), fc.nat(), anyVoices(true), async (team, rounds, regular, seed, world) => {
      const n = team.agents.length;
      const degrees = Array.from({ length: n - 1 }, (_, i) => i + 1).filter((degree) => degree % 2 === 0 || n % 2 === 0);
      const config = { rounds, ...(regular && degrees.length > 0 ? { degree: degrees[seed % degrees.length] ?? 1 } : {}) };
      const edges = await peers.edges(team, config);
      const ids = team.agents.map((agent) => agent.id);
      const heardBy = (id: string) => ids.filter((from) => edges.some((edge) => edge.from === from && edge.to === id));
      for (const { from, to } of edges) expect(edges).toContainEqual({ from: to, to: from });
      for (const id of ids) expect(heardBy(id)).toHaveLength(config.degree ?? n - 1);
      const observed = await drive(peers, team, config, world);
      claimRounds(observed, (id) => [id, ...heardBy(id)]);
      claimFailures(observed);
      const { started, done } = observed;
      expect(started).toHaveLength(n * (Number(done.facts?.["rounds"]) + 1));
      const predicted = await peers.predictCalls(team, config);
      expect(predicted).toEqual({ min: n * Math.min(rounds + 1, 2), expected: n * (rounds + 1), max: n * (rounds + 1) });
      if (done.facts?.["stop"] === "rounds") expect(started).toHaveLength(predicted.expected);
      const good = observed.settled.filter((one) => one.ok).map((one) => one.path);
      if (good.length > 0) expect(good).toContain(done.output);
    }),
  );
});

test("it ends in the first round in which nobody changes, whatever the case and the marks", async () => {
  const said: Record<string, string[]> = { a: ["one", "two", "Two."], b: ["two", "two", "**two**"] };
  const { started, done } = await drive(
    peers,
    teamOf("a", "b"),
    { rounds: 9 },
    inOrder(({ agent, round }) => ({ ok: true, text: said[agent]?.[round] ?? "" })),
  );
  expect(started).toHaveLength(6);
  expect(done).toEqual({
    output: "r2/a",
    failures: [],
    facts: { rounds: 2, stop: "no change", similarity: "text", vote: { agent: "a", votes: 2, of: 2 } },
  });
});

test("a quorum ends it at once, and its answer is the outcome", async () => {
  const world = inOrder(({ agent }) => ({ ok: true, text: agent === "a" ? "no" : "yes" }));
  const { started, done } = await drive(peers, teamOf("a", "b", "c"), { quorum: 2 }, world);
  expect(started).toHaveLength(3);
  expect(done).toMatchObject({ output: "r0/b", facts: { rounds: 0, stop: "quorum", vote: { votes: 2, of: 3 } } });
});

test("where everybody fails in a round, what was said before stands; where nobody ever answers, there is no outcome", async () => {
  const broken = { ok: false, text: "", error: { code: "BROKEN", message: "secret" } };
  const later = await drive(
    peers,
    teamOf("a", "b"),
    {},
    inOrder(({ round, agent }) => (round === 1 ? broken : { ok: true, text: agent })),
  );
  expect(later.done).toMatchObject({ output: "r0/a", failures: [{ path: "r1/a" }, { path: "r1/b" }], facts: { stop: "nobody answered" } });
  const never = await drive(
    peers,
    teamOf("a", "b"),
    {},
    inOrder(() => broken),
  );
  expect(never.done.output).toBeUndefined();
  const strict = await drive(
    peers,
    teamOf("a", "b"),
    { onAgentFailure: "fail" },
    inOrder(() => broken),
  );
  expect(strict).toMatchObject({ cancelled: ["r0/b"], done: { output: undefined, failures: [{ path: "r0/a" }] } });
});

test("a graph that cannot be is refused with its place", () => {
  expect(peers.check(teamOf("a", "b"), { degree: 2 })).toEqual(["config.degree: 2 peers of 1 others cannot be"]);
  expect(peers.check(teamOf("a", "b", "c"), { degree: 1 })).toEqual([
    expect.stringContaining("config.degree: 3 agents with 1 peers each cannot all be mutual"),
  ]);
  expect(peers.check(teamOf("a", "b"), { quorum: 3 })).toEqual(["config.quorum: 3 of 2 agents cannot be"]);
  expect(peers.check(teamOf("a"), { rounds: -1, similarity: { by: "feeling" } })).toEqual([
    expect.stringContaining("config.rounds: "),
    expect.stringContaining("config.similarity.by: "),
  ]);
});
