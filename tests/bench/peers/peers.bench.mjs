// Orrery beside its peers in one run: rounds interleaved, medians, the bare-promise floor in every table, losses printed like the rest.
// Writes docs/benchmarks.md when called with --write.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { contestants } from "./contestants.mjs";

const rounds = 5;
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const tables = [];

/** Steps a round is to have at least, so that small runs are measured warm, as large ones are. */
const stepsARound = 200;

/** ms a run of `shape` takes in each system, the rounds interleaved; `together` runs at once, else one after another. */
async function measure(title, unit, columns, cellOf) {
  const rows = contestants.map(({ name }) => ({ name, cells: [] }));
  for (const { shape, modelMs = 0, together = 1 } of columns) {
    const inARow = together > 1 ? 1 : Math.ceil(stepsARound / shape.size);
    const runs = [];
    for (const { make } of contestants) runs.push(await make(shape, modelMs));
    const times = contestants.map(() => []);
    for (let round = 0; round <= rounds; round += 1) {
      for (const [i, run] of runs.entries()) {
        const started = performance.now();
        for (let time = 0; time < inARow; time += 1) await Promise.all(Array.from({ length: together }, () => run()));
        if (round > 0) times[i].push((performance.now() - started) / inARow);
      }
    }
    for (const [i, row] of rows.entries()) row.cells.push(cellOf(median(times[i]), shape));
  }
  tables.push({ title, unit, heads: columns.map(({ head }) => head), rows });
  print(tables.at(-1));
}

/** KB of heap kept for each of 1,000 runs that ended. */
async function heapKept() {
  const shape = { kind: "chain", size: 5 };
  const rows = [];
  for (const { name, make } of contestants) {
    const run = await make(shape, 0);
    const batch = async () => {
      for (let i = 0; i < 500; i += 1) await run();
      // What a run leaves to a later turn of the event loop is not kept.
      await new Promise((resolve) => setTimeout(resolve, 300));
      globalThis.gc?.();
      return process.memoryUsage().heapUsed;
    };
    await batch();
    await batch();
    const before = await batch();
    await batch();
    rows.push({ name, cells: [((await batch()) - before) / 1_000 / 1_024] });
  }
  tables.push({ title: "Heap kept for each run that ended (1,000 runs of 5 steps)", unit: "KB a run", heads: ["KB"], rows });
  print(tables.at(-1));
}

/** KB of heap each of `count` things takes that `make` makes, by contestant; none for those that have no such thing. */
async function heapOf(title, unit, count, makerOf) {
  const rows = [];
  for (const contestant of contestants) {
    const make = await makerOf(contestant);
    if (!make) {
      rows.push({ name: contestant.name, cells: [undefined] });
      continue;
    }
    const some = async (many) => {
      const made = [];
      for (let i = 0; i < many; i += 1) made.push(await make(`a${i}`));
      return made;
    };
    const used = async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      globalThis.gc?.();
      return process.memoryUsage().heapUsed;
    };
    const kept = [await some(100)];
    const before = await used();
    kept.push(await some(count));
    rows.push({ name: contestant.name, cells: [((await used()) - before) / count / 1_024] });
    if (kept.length !== 2) throw new Error("what was made is to be kept until it is measured");
  }
  tables.push({ title, unit, heads: ["KB"], rows });
  print(tables.at(-1));
}

const number = (value) => (value === undefined ? "–" : value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toFixed(2));
function print({ title, unit, heads, rows }) {
  console.log(`\n${title} (${unit})`);
  const width = Math.max(...rows.map(({ name }) => name.length));
  console.log(`${"".padEnd(width)}  ${heads.map((head) => head.padStart(9)).join(" ")}`);
  for (const { name, cells } of rows) console.log(`${name.padEnd(width)}  ${cells.map((cell) => number(cell).padStart(9)).join(" ")}`);
}

await measure(
  "Overhead of a step in a chain, the model answering at once",
  "µs a step",
  [1, 10, 100, 1_000].map((size) => ({ head: `${size}`, shape: { kind: "chain", size } })),
  (ms, { size }) => (ms * 1_000) / size,
);
await measure(
  "Fan-out of independent steps",
  "µs a step",
  [10, 100, 1_000].map((size) => ({ head: `${size}`, shape: { kind: "fan", size } })),
  (ms, { size }) => (ms * 1_000) / size,
);
await measure(
  "An agent that calls a tool so many times before it answers",
  "µs a turn",
  [1, 10, 50, 200].map((size) => ({ head: `${size}`, shape: { kind: "tools", size } })),
  (ms, { size }) => (ms * 1_000) / size,
);
await measure(
  "1,000 runs of 5 steps of 10 ms at once; 0.05 s is the ideal",
  "s",
  [{ head: "s", shape: { kind: "chain", size: 5 }, modelMs: 10, together: 1_000 }],
  (ms) => ms / 1_000,
);
await heapKept();
await heapOf("Heap of a run that waits for a person (1,000 runs of a step and a question)", "KB a run", 1_000, ({ suspend }) => suspend?.());
await heapOf("Heap of an idle agent (1,000 agents)", "KB an agent", 1_000, ({ idle }) => idle);

if (process.argv.includes("--write")) {
  const { dependencies } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));
  const page = [
    "# Benchmarks",
    "",
    "Written by `npm run bench -- peers --write`: the same mocked model everywhere, rounds interleaved, medians of five rounds of 200 steps or more. Orrery runs with its ledger, trace and journal (in memory) on; LangGraph.js with its in-memory checkpointer; the others as their documentation shows them. Read the figures as ratios: the machine is shared.",
    "",
    `Machine: ${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB; Node ${process.version}; ${new Date().toISOString().slice(0, 10)}.`,
    `Versions: ${Object.entries(dependencies)
      .map(([name, version]) => `${name} ${version}`)
      .join(", ")}.`,
    ...tables.flatMap(({ title, unit, heads, rows }) => [
      "",
      `## ${title}`,
      "",
      `| ${unit} | ${heads.join(" | ")} |`,
      `|---|${heads.map(() => "---:").join("|")}|`,
      ...rows.map(({ name, cells }) => `| ${name} | ${cells.map(number).join(" | ")} |`),
    ]),
    "",
  ].join("\n");
  writeFileSync(new URL("../../../docs/benchmarks.md", import.meta.url), page);
  console.log("\nwrote docs/benchmarks.md");
}
process.exit(0);
