import type { Json } from "@orrery/sdk";
import {
  type Answer,
  ask,
  best,
  cellOf,
  close,
  concat,
  type Encode,
  following,
  inWaves,
  type Likeness,
  type Onward,
  opening,
  type Result,
  type Rounds,
  winner,
} from "../kit/index.ts";
import { type GridConfig, gridConfig, layoutOf, problemsOf, type Reduce } from "./config.ts";

type Data = {
  rounds: Rounds;
  columns: number;
  matrix: boolean;
  reduce: Reduce;
  facts: { [name: string]: Json };
  /** What is being reduced by an agent: each row's answers, then the rows; null while the cells work. */
  reducing: { of: "rows"; rows: Answer[][] } | { of: "columns"; rows: Answer[] } | null;
};

const guidance =
  "Among your colleagues' work stands what your neighbours said in the round before. Take up what is better there, and answer the task anew in full.";
const reducing = "Make one answer of your colleagues' answers: what is right in each, weighed where they differ, in full.";

/** The last answers by row, rows without any left out. */
function rowsOf({ rounds, columns }: Data): Answer[][] {
  const byRow = new Map<number, Answer[]>();
  for (const answer of rounds.last) {
    const row = Math.floor(rounds.cells.findIndex((cell) => cell.id === cellOf(answer)) / columns);
    byRow.set(row, [...(byRow.get(row) ?? []), answer]);
  }
  return [...byRow].sort(([a], [b]) => a - b).map(([, row]) => row);
}

const joined = (answers: readonly Answer[]): Result => (answers.length < 2 ? { output: answers[0]?.path } : { output: undefined, text: concat(answers) });

/** Rows, then columns, without a further call. */
function byRule(data: Data, rule: Exclude<Reduce, object>, like: Pick<Likeness, "same">): Result {
  const rows = rowsOf(data);
  if (rule === "concat") return joined(rows.flat());
  const one = (answers: Answer[]): Answer | undefined => (rule === "best" ? best(answers) : winner({ ...data.rounds, last: answers }, like)?.answer);
  const firsts = rows.flatMap((row) => one(row) ?? []);
  return data.matrix ? joined(firsts) : { output: one(firsts)?.path };
}

function reduceRows(data: Data, agent: string): Onward<Data> {
  const rows = rowsOf(data);
  const round = data.rounds.round + 1;
  const wave = rows.map((row, i) => ({
    path: `r${round}/${agent}.row${i + 1}`,
    agent,
    round,
    inputs: row.map((answer) => answer.path),
    guidance: reducing,
    ...(data.matrix ? { task: data.rounds.cells.find((cell) => cell.id === cellOf(row[0] as Answer))?.task ?? "" } : {}),
  }));
  return { data: { ...data, reducing: { of: "rows", rows } }, wave };
}

/** After the rows: a row whose reduction failed stands with its best answer. After the columns: the end. */
function afterReduction(data: Data, agent: string, answers: Answer[]): Onward<Data> {
  const { facts, reducing: before } = data;
  const round = data.rounds.round + 2;
  if (before?.of === "rows") {
    const rows = before.rows.flatMap((row, i) => answers.find((answer) => answer.path.endsWith(`.row${i + 1}`)) ?? best(row) ?? []);
    const dispatch = { path: `r${round}/${agent}`, agent, round, inputs: rows.map((answer) => answer.path), guidance: reducing };
    return { data: { ...data, reducing: { of: "columns", rows } }, wave: [dispatch] };
  }
  const [made] = answers;
  return { data, done: { ...(made ? { output: made.path } : joined(before?.rows ?? [])), facts } };
}

async function onward(before: Data, answers: Answer[], encode: Encode): Promise<Onward<Data>> {
  const { reduce } = before;
  if (before.reducing && typeof reduce === "object") return afterReduction(before, reduce.agent, answers);
  const { rounds, like, stop } = await close(before.rounds, answers, encode);
  const data = { ...before, rounds };
  if (!stop) {
    const next = following(rounds);
    return { data: { ...data, rounds: next }, wave: ask(next) };
  }
  const facts = { ...data.facts, rounds: before.rounds.round, stop: stop === "no change" ? "fixed point" : stop, similarity: like.used };
  if (rounds.last.length === 0) return { data, done: { output: undefined, facts } };
  if (typeof reduce === "object") return reduceRows({ ...data, facts }, reduce.agent);
  return { data, done: { ...byRule(data, reduce, like), facts } };
}

/**
 * A grid of cells that answer at once, round after round, each seeing its neighbours' answers of the round before and nobody else's.
 * It ends at a fixed point or after `rounds`; then each row becomes one answer, and the rows one outcome. As a matrix: agents across, tasks down.
 */
export const grid = inWaves<GridConfig, Data>({
  id: "grid",
  config: gridConfig,
  problems: problemsOf,
  predict: (team, config) => {
    const { cells, rounds, rows } = layoutOf(team, config);
    const more = typeof config.reduce === "object" ? rows + 1 : 0;
    const all = cells.length * (rounds + 1) + more;
    return { min: cells.length * Math.min(rounds + 1, 2) + more, expected: all, max: all };
  },
  edges: (team, config) => {
    const { cells, rounds } = layoutOf(team, config);
    const agentOf = new Map(cells.map((cell) => [cell.id, cell.agent]));
    const heard = rounds === 0 ? [] : cells.flatMap(({ agent: to, sees }) => sees.map((id) => ({ from: agentOf.get(id) ?? "", to })));
    const { reduce } = config;
    if (typeof reduce === "object") heard.push(...cells.map(({ agent: from }) => ({ from, to: reduce.agent })));
    return heard.filter(({ from, to }, i) => from !== to && heard.findIndex((edge) => edge.from === from && edge.to === to) === i);
  },
  begin: (team, config) => {
    const { cells, columns, rows, rounds: most } = layoutOf(team, config);
    const rounds = opening(team, { cells, most, similarity: config.similarity, guidance });
    const data: Data = { rounds, columns, matrix: config.mode === "matrix", reduce: config.reduce, facts: { rows, columns }, reducing: null };
    return { data, wave: ask(rounds) };
  },
  onward,
});
