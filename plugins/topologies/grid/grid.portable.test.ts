import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { executor } from "../kit/index.ts";
import { anyTeam, teamOf } from "../kit/testing/arbitrary.ts";
import { drive } from "../kit/testing/scheduler.ts";
import { anyVoices, claimFailures, claimRounds, inOrder } from "../kit/testing/voices.ts";
import { neighboursOf } from "./cells.ts";
import { gridConfig, layoutOf } from "./config.ts";
import { grid } from "./grid.ts";

const cells = executor(grid);
const broken = { ok: false, text: "", error: { code: "BROKEN", message: "secret" } };

test("a cell sees its neighbours of the round before and nobody else, in any shape, ragged ones too", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyTeam,
      fc.record({ rounds: fc.integer({ min: 0, max: 4 }), moore: fc.boolean(), torus: fc.boolean(), by: fc.constantFrom("vote", "concat", "best", "agent") }),
      fc.nat(),
      anyVoices(true),
      async (team, { by, ...shape }, seed, world) => {
        const n = team.agents.length;
        const config = { ...shape, columns: 1 + (seed % n), reduce: by === "agent" ? { agent: "a0" } : by };
        const layout = layoutOf(team, gridConfig.parse(config));
        const observed = await drive(cells, team, config, world);
        const { started, done } = observed;
        const rounds = Number(done.facts?.["rounds"]);
        const working = started.filter((step) => step.round <= rounds);
        claimRounds({ ...observed, started: working }, (id) => layout.cells.find((cell) => cell.id === id)?.sees ?? []);
        claimFailures(observed);
        expect(working).toHaveLength(n * (rounds + 1));
        const rows = Math.ceil(n / config.columns);
        const more = by === "agent" ? rows + 1 : 0;
        const all = n * (shape.rounds + 1) + more;
        expect(await cells.predictCalls(team, config)).toEqual({ min: n * Math.min(shape.rounds + 1, 2) + more, expected: all, max: all });
        expect(started.length).toBeLessThanOrEqual(all);
        if (observed.settled.some((one) => one.ok)) expect(done.output ?? done.text).toBeDefined();
      },
    ),
  );
});

describe("neighbours", () => {
  const of = (at: number, count: number, columns: number, more = {}) => neighboursOf(at, count, columns, { moore: false, torus: false, ...more });
  test("edge cells have fewer, corners with moore, opposite edges with torus", () => {
    expect(of(4, 9, 3)).toEqual([1, 3, 5, 7]);
    expect(of(0, 9, 3)).toEqual([1, 3]);
    expect(of(0, 9, 3, { moore: true })).toEqual([1, 3, 4]);
    expect(of(0, 9, 3, { torus: true })).toEqual([1, 2, 3, 6]);
    expect(of(0, 1, 1, { torus: true, moore: true })).toEqual([]);
    expect(of(2, 5, 3, { torus: true })).toEqual([0, 1]);
  });
  test("are mutual, in every shape", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 8 }), fc.boolean(), fc.boolean(), (count, columns, moore, torus) => {
        for (let at = 0; at < count; at += 1)
          for (const other of of(at, count, columns, { moore, torus })) expect(of(other, count, columns, { moore, torus })).toContain(at);
      }),
    );
  });
});

test("an agent reduces the rows, then the rows' results", async () => {
  const world = inOrder(({ path }) => ({ ok: true, text: path }));
  const { started, done } = await drive(cells, teamOf("a", "b", "c"), { columns: 2, rounds: 0, reduce: { agent: "c" } }, world);
  expect(started.slice(3).map((step) => [step.path, step.inputs])).toEqual([
    ["r1/c.row1", ["r0/a", "r0/b"]],
    ["r1/c.row2", ["r0/c"]],
    ["r2/c", ["r1/c.row1", "r1/c.row2"]],
  ]);
  expect(done).toMatchObject({ output: "r2/c", facts: { rows: 2, columns: 2, rounds: 0, stop: "rounds" } });
});

test("a row whose reduction fails stands with its best answer, and where the last fails the rows are put one after another", async () => {
  const failing = (...paths: string[]) =>
    inOrder(({ path, agent }) => (paths.includes(path) ? broken : { ok: true, text: path, score: agent === "b" ? 1 : 0 }));
  const config = { columns: 2, rounds: 0, reduce: { agent: "c" } };
  const row = await drive(cells, teamOf("a", "b", "c"), config, failing("r1/c.row1"));
  expect(row.started.at(-1)?.inputs).toEqual(["r0/b", "r1/c.row2"]);
  const last = await drive(cells, teamOf("a", "b", "c"), config, failing("r2/c"));
  expect(last.done).toMatchObject({ output: undefined, text: "r1/c.row1\n\nr1/c.row2", failures: [{ path: "r2/c" }] });
});

test("a fixed point ends it: the first round that changes nothing", async () => {
  const { started, done } = await drive(
    cells,
    teamOf("a", "b"),
    { rounds: 9 },
    inOrder(({ agent }) => ({ ok: true, text: agent })),
  );
  expect(started).toHaveLength(4);
  expect(done.facts).toMatchObject({ rounds: 1, stop: "fixed point" });
});

test("a matrix asks every agent every task, and puts the tasks' answers one after another", async () => {
  const config = { mode: "matrix", tasks: ["count lambs", "count ships"] };
  const { started, done } = await drive(
    cells,
    teamOf("a", "b"),
    config,
    inOrder(({ agent, task }) => ({ ok: true, text: `${task} by ${agent}`, score: agent === "b" ? 1 : 0 })),
  );
  expect(started.map((step) => [step.path, step.task, step.inputs])).toEqual([
    ["r0/a.t1", "count lambs", []],
    ["r0/b.t1", "count lambs", []],
    ["r0/a.t2", "count ships", []],
    ["r0/b.t2", "count ships", []],
  ]);
  expect(done.text).toBe("count lambs by b\n\ncount ships by b");
  expect(await cells.predictCalls(teamOf("a", "b"), config)).toEqual({ min: 4, expected: 4, max: 4 });
});

test("a grid that cannot be is refused with its place", () => {
  const team = teamOf("a", "b");
  expect(cells.check(team, { columns: 3 })).toEqual(["config.columns: 3 columns for 2 agents cannot be"]);
  expect(cells.check(team, { mode: "matrix" })).toEqual(['config.tasks: the mode "matrix" needs them']);
  expect(cells.check(team, { tasks: ["x"] })).toEqual(['config.tasks: only the mode "matrix" has a use for them']);
  expect(cells.check(team, { mode: "matrix", tasks: ["x"], columns: 1 })).toEqual(["config.columns: a matrix has a column for each agent"]);
  expect(cells.check(team, { reduce: { agent: "z" } })).toEqual(['config.reduce.agent: there is no agent "z" (there are: a, b)']);
  expect(cells.check(team, { reduce: "sum" })).toEqual([expect.stringContaining('config.reduce: write "vote"')]);
});
