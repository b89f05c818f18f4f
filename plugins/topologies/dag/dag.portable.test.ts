import type { Json } from "@orrery/sdk";
import fc from "fast-check";
import { expect, test } from "vitest";
import { anyTeam, anyWorld, nobodyFails, someFail, teamOf } from "../kit/testing/arbitrary.ts";
import { executor } from "../kit/index.ts";
import { drive, type World } from "../kit/testing/scheduler.ts";
import { type DagConfig, dagConfig, edgesOf } from "./config.ts";
import { dag } from "./dag.ts";

const graph = executor(dag);
const edge = (text: string) => ({ from: text.split(">")[0] ?? "", to: text.split(">")[1] ?? "" });
const edges = (...texts: string[]) => texts.map(edge);
const inOrder = (answer: World["answer"]): World => ({ pick: () => 0, answer });
const echo: World["answer"] = ({ agent }) => ({ ok: true, text: `by ${agent}` });
const failing = (...ids: string[]): World =>
  inOrder((step) => (ids.includes(step.agent) ? { ok: false, text: "", error: { code: "BROKEN", message: "secret" } } : echo(step)));

type Join = "all" | "any" | "k" | "settled";
/** Any acyclic config over a team: edges go from earlier to later agents, in a random order of declaration. */
const anyGraph = (conditions: boolean) =>
  anyTeam.chain((team) => {
    const n = team.agents.length;
    const pairs = Array.from({ length: n }, (_, to) => Array.from({ length: to }, (_, from) => ({ from: `a${from}`, to: `a${to}` }))).flat();
    const when = fc.constantFrom(undefined, { includes: "BY a1" }, { scoreAtLeast: 0.5 });
    return fc
      .record({
        edges: fc
          .shuffledSubarray(pairs)
          .chain((chosen) => fc.tuple(...chosen.map((pair) => (conditions ? when.map((when) => (when ? { ...pair, when } : pair)) : fc.constant(pair))))),
        joins: fc.array(fc.tuple(fc.constantFrom<Join>("all", "any", "k", "settled"), fc.nat(), fc.constantFrom("fail" as const, "skip" as const)), {
          minLength: n,
          maxLength: n,
        }),
      })
      .map(({ edges, joins }) => {
        const nodes: Record<string, DagConfig["nodes"][string]> = {};
        joins.forEach(([join, k, onFailure], i) => {
          const parents = edges.filter((edge) => edge.to === `a${i}`).length;
          nodes[`a${i}`] = join === "k" ? (parents > 0 ? { join, k: 1 + (k % parents), onFailure } : { onFailure }) : { join, onFailure };
        });
        return { team, config: { edges, nodes } as unknown as Json, parsed: dagConfig.parse({ edges, nodes }) };
      });
  });
const parentsOf = (config: DagConfig, id: string) => (config.edges ?? []).filter((edge) => edge.to === id).map((edge) => edge.from);

test("a node starts with the very settlement that makes its join rule hold, not with its level; predicted = observed", async () => {
  await fc.assert(
    fc.asyncProperty(anyGraph(false), anyWorld(nobodyFails), async ({ team, config, parsed }, world) => {
      const { started, settled, done } = await drive(graph, team, config, world);
      for (const step of started) {
        const parents = parentsOf(parsed, step.agent);
        const node = parsed.nodes[step.agent];
        const needed = parents.length === 0 ? 0 : node?.join === "any" ? 1 : node?.join === "k" ? (node.k ?? 0) : parents.length;
        const order = settled.map((one) => one.agent);
        const arrivals = parents.map((id) => order.indexOf(id)).sort((a, b) => a - b);
        expect(step.cause).toBe(needed === 0 ? undefined : settled[arrivals[needed - 1] ?? -1]?.path);
        expect(step.inputs).toHaveLength(needed);
        for (const input of step.inputs) expect(parents).toContain(input.slice(3));
      }
      expect(done.failures).toEqual([]);
      const n = team.agents.length;
      expect(started).toHaveLength(n);
      expect(graph.predictCalls(team, config)).toEqual({ min: n, expected: n, max: n });
    }),
  );
});

test("with conditions the calls stay within the prediction, and both bounds are reached", async () => {
  await fc.assert(
    fc.asyncProperty(anyGraph(true), anyWorld(nobodyFails), async ({ team, config }, world) => {
      const predicted = await graph.predictCalls(team, config);
      const { started, done } = await drive(graph, team, config, world);
      expect(started.length).toBeGreaterThanOrEqual(predicted.min);
      expect(started.length).toBeLessThanOrEqual(predicted.max);
      expect(done.failures).toEqual([]);
      expect(done.output ?? done.text).toBeDefined();
      const every = await drive(
        graph,
        team,
        config,
        inOrder(() => ({ ok: true, text: "by a1", score: 1 })),
      );
      const none = await drive(
        graph,
        team,
        config,
        inOrder(() => ({ ok: true, text: "no", score: 0 })),
      );
      expect([none.started.length, every.started.length]).toEqual([predicted.min, predicted.max]);
    }),
  );
});

test("a failed node's descendants are never released silently: each agent ran, was not needed, or is listed", async () => {
  await fc.assert(
    fc.asyncProperty(anyGraph(false), anyWorld(someFail), async ({ team, config, parsed }, world) => {
      const { started, settled, cancelled, done } = await drive(graph, team, config, world);
      const failed = settled.filter((one) => !one.ok).map((one) => one.agent);
      const ended = failed.some((id) => parsed.nodes[id]?.onFailure === "fail");
      const listed = done.failures.map((failure) => failure.agent);
      for (const id of failed) expect(listed).toContain(id);
      for (const step of started) for (const id of failed) expect(step.inputs).not.toContain(`r0/${id}`);
      expect(JSON.stringify(done.text ?? "")).not.toContain("secret");
      if (ended) expect(done.output ?? done.text).toBeUndefined();
      else {
        expect(cancelled).toEqual([]);
        expect([...new Set([...started.map((step) => step.agent), ...listed])].sort()).toEqual(team.agents.map((agent) => agent.id).sort());
        expect(started.length + done.failures.filter((failure) => failure.code === "UPSTREAM_FAILED").length).toBe(team.agents.length);
      }
    }),
  );
});

test("agents are staged by skill when no edges are declared", async () => {
  const team = teamOf(["w", "write"], ["r1", "research"], ["c", "critique"], ["r2", "research"]);
  expect(await graph.edges(team, {})).toEqual(edges("r1>c", "r2>c", "c>w"));
  const { started, done } = await drive(graph, team, {}, inOrder(echo));
  expect(started.map((step) => [step.agent, step.inputs])).toEqual([
    ["r1", []],
    ["r2", []],
    ["c", ["r1", "r2"].map((id) => `r0/${id}`)],
    ["w", ["r0/c"]],
  ]);
  expect(done.output).toBe("r0/w");
  expect(edgesOf(teamOf(["w", "write"], ["r", "research"]), dagConfig.parse({}))).toEqual(edges("r>w"));
});

test("a condition chooses the branch; the one not taken is not needed and no failure", async () => {
  const team = teamOf("a", "b", "c", "d");
  const config = {
    edges: [
      { from: "a", to: "b", when: { field: "kind.name", equals: "short" } },
      { from: "a", to: "c", when: { field: "words", atLeast: 10 } },
      { from: "b", to: "d" },
      { from: "c", to: "d" },
    ],
  };
  const { started, done } = await drive(
    graph,
    team,
    config,
    inOrder(({ agent }) => ({ ok: true, text: agent, data: { kind: { name: "long" }, words: 12 } })),
  );
  expect(started.map((step) => [step.agent, step.inputs])).toEqual([
    ["a", []],
    ["c", ["r0/a"]],
    ["d", ["r0/c"]],
  ]);
  expect(done).toEqual({ output: "r0/d", failures: [] });
  expect(await graph.predictCalls(team, config)).toEqual({ min: 1, expected: 4, max: 4 });
});

test("skip drops what needs the failed node and lets the rest go on; fail ends the run", async () => {
  const team = teamOf("a", "b", "c", "d");
  const wiring = edges("a>c", "b>c", "b>d");
  const skipped = await drive(graph, team, { edges: wiring, onAgentFailure: "skip" }, failing("a"));
  expect(skipped.done).toMatchObject({
    output: "r0/d",
    failures: [
      { agent: "a", code: "BROKEN" },
      { agent: "c", code: "UPSTREAM_FAILED", message: 'not run: it needs "a", which gave no output' },
    ],
  });
  const rest = await drive(graph, team, { edges: wiring, onAgentFailure: "skip", nodes: { c: { join: "settled" } } }, failing("a"));
  expect(rest.started.find((step) => step.agent === "c")?.inputs).toEqual(["r0/b"]);
  const failed = await drive(graph, team, { edges: wiring }, failing("a"));
  expect(failed.cancelled).toEqual(["r0/b"]);
  expect(failed.done).toMatchObject({ output: undefined, failures: [{ agent: "a" }, { agent: "c" }] });
});

test("several last nodes make one text, in the team's order", async () => {
  const { done } = await drive(graph, teamOf("a", "b", "c"), { edges: edges("a>c", "a>b") }, { pick: (waiting) => waiting - 1, answer: echo });
  expect(done).toEqual({ output: undefined, text: "by b\n\nby c", failures: [] });
});

test("a circle is refused with its path before anything runs, and so are unknown agents and edges there twice", async () => {
  const team = teamOf("a", "b", "c");
  expect(graph.check(team, { edges: edges("a>b", "b>c", "c>b") })).toEqual(["config.edges: they go in a circle: b → c → b"]);
  expect(graph.check(team, { edges: edges("a>a") })).toEqual(["config.edges: they go in a circle: a → a"]);
  await expect(graph.start(team, { edges: edges("a>b", "b>a") }, "the task")).rejects.toThrow(expect.objectContaining({ code: "TOPOLOGY_CONFIG" }));
  expect(graph.check(team, { edges: edges("a>x") })).toEqual(['config.edges[0].to: there is no agent "x" (there are: a, b, c)']);
  expect(graph.check(team, { edges: edges("a>b", "a>b") })).toEqual(["config.edges[1]: the edge a → b is there twice"]);
  expect(graph.check(team, { edges: edges("a>b"), nodes: { b: { join: "k", k: 2 } } })).toEqual(["config.nodes.b.k: 2 of 1 parents cannot be"]);
  expect(graph.check(team, { nodes: { z: {} } })).toEqual([expect.stringContaining('there is no agent "z"')]);
  expect(graph.check(team, { edges: [{ from: "a", to: "b", when: { matches: "x" } }] })).toEqual([
    expect.stringContaining("config.edges[0].when: write one of"),
  ]);
});
