import { type Claim, hold, idsOf, type Row, type Scene, same, teamOf } from "../scene.ts";
import { seenBy, seesTheTask, settledIn, stopsWithoutChange } from "./rounds.ts";

type Shape = { columns: number; moore: boolean; torus: boolean };

/** Neighbours by the definition: cells one step away in a row or column, with `moore` diagonally too; with `torus` edges meet; a ragged row has holes. */
function neighbours(at: number, n: number, { columns, moore, torus }: Shape): number[] {
  const rows = Math.ceil(n / columns);
  const found = new Set<number>();
  for (let down = -1; down <= 1; down += 1) {
    for (let right = -1; right <= 1; right += 1) {
      if ((down === 0 && right === 0) || (!moore && down !== 0 && right !== 0)) continue;
      let row = Math.floor(at / columns) + down;
      let column = (at % columns) + right;
      if (torus) {
        row = (row + rows) % rows;
        column = (column + columns) % columns;
      }
      const other = row * columns + column;
      if (row >= 0 && row < rows && column >= 0 && column < columns && other < n && other !== at) found.add(other);
    }
  }
  return [...found];
}

const cells: Claim = {
  name: "a cell sees its neighbours' state of the round before, all of them and no other; edge cells have fewer",
  check(observed, { team, facts }) {
    const ids = idsOf(team);
    const shape = facts as unknown as Shape & { rounds: number };
    if (shape.columns === undefined) return;
    for (const step of observed.steps.filter(({ dispatch }) => dispatch.round <= shape.rounds)) {
      const { path, agent, round } = step.dispatch;
      const seen = seenBy(step, observed);
      for (const one of seen) hold(one.round === round - 1, `${path} sees ${one.path}`);
      const due = round === 0 ? [] : neighbours(ids.indexOf(agent), ids.length, shape).map((at) => ids[at] ?? "");
      const heard = seen.map((one) => one.agent).filter((id) => id !== agent);
      hold(same(heard, due), `${path} sees ${heard.join(", ") || "nobody"}, its neighbours are ${due.join(", ") || "none"}`);
    }
  },
};

/** Cells in rows and columns, in step, by double buffer; rows are reduced, then columns. n(R + 1) calls, and r + 1 where an agent reduces. */
export const grid: Row = {
  id: "grid",
  scenes(n, choose) {
    const team = teamOf(n, choose);
    const scene = (more: Partial<Scene>, rounds: number, shape: Shape, config: object = {}): Scene => ({
      label: `${n} agents in ${shape.columns} columns`,
      team,
      task: "Agree on a colour.",
      config: { rounds, ...shape, ...config },
      ...more,
      facts: { rounds, ...shape, ...more.facts },
    });
    const shape = (): Shape => ({ columns: 1 + choose.below(n), moore: choose.chance(0.5), torus: choose.chance(0.5) });
    const rounds = 1 + choose.below(2);
    const reduced = shape();
    const more = Math.ceil(n / reduced.columns) + 1;
    const plain = shape();
    return [
      scene({ calls: n * (rounds + 1), predicted: { expected: n * (rounds + 1), max: n * (rounds + 1) }, facts: { ends: rounds } }, rounds, plain),
      scene({ calls: n * 2, facts: { ends: 1 }, script: settledIn }, 6, shape(), { reduce: "concat" }),
      scene({ calls: n * (rounds + 1) + more, predicted: { max: n * (rounds + 1) + more } }, rounds, reduced, { reduce: { agent: choose.of(idsOf(team)) } }),
      {
        label: `${n} agents, a matrix of two tasks`,
        team,
        task: "Do both.",
        config: { mode: "matrix", tasks: ["count the lambs", "count the ships"] },
        calls: 2 * n,
        facts: { matrix: true },
      },
    ];
  },
  claims: [
    { ...seesTheTask, check: (observed, scene) => (scene.facts?.matrix ? undefined : seesTheTask.check(observed, scene)) },
    cells,
    {
      name: "everybody of a round starts at once, when the round before has ended",
      check({ steps }, { facts }) {
        for (const { dispatch, after } of steps) {
          if (dispatch.round > Number(facts?.rounds)) continue;
          const before = steps.filter((other) => other.dispatch.round < dispatch.round).length;
          hold(after.length === before, `${dispatch.path} started after ${after.length} of ${before}`);
        }
      },
    },
    stopsWithoutChange,
    {
      name: "a matrix asks every agent every task",
      check({ steps }, { facts, team }) {
        if (!facts?.matrix) return;
        const asked = steps.map(({ dispatch }) => `${dispatch.agent} ${dispatch.task}`);
        hold(
          same(
            asked,
            idsOf(team).flatMap((id) => [`${id} count the lambs`, `${id} count the ships`]),
          ),
          `asked were ${asked.join("; ")}`,
        );
      },
    },
  ],
  refused: ({ agents }) => [
    { config: { columns: agents.length + 1 }, because: "there are more columns than agents" },
    { config: { mode: "matrix" }, because: "a matrix has no tasks" },
  ],
};
