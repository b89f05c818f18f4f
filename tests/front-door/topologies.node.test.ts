import { LLMock } from "@copilotkit/aimock";
import type { RunReport } from "@orrery/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cli, cli } from "../support/cli.ts";

const documents = "examples/aurora/documents";
const team = "tests/fixtures/topologies/team.yaml";
const task = "When does the Aurora enter service, and what does its battery cost?";
const everybody = ["dates", "prices", "checker", "writer"];

interface Step {
  path: string;
  agent: string;
  round: number;
  inputs: string[];
  /** What it was asked in the task's place. */
  task?: string;
}
type Shape = (steps: readonly Step[], report: RunReport) => void;

const inRounds: Shape = (steps, { topology }) => {
  const rounds = Number(topology.facts?.["rounds"]);
  expect(steps).toHaveLength(everybody.length * (rounds + 1));
  for (const { agent, round, inputs } of steps) {
    const seen = round === 0 ? [] : everybody.map((other) => `r${round - 1}/${other}`);
    expect([...inputs].sort(), `${agent} in round ${round}`).toEqual(seen.sort());
  }
};
const as = (steps: readonly Step[]): string[] => steps.map(({ path, inputs }) => `${path} < ${[...inputs].sort().join(" ")}`.trim()).sort();
const of = (round: number, agents: readonly string[] = everybody): string =>
  agents
    .map((agent) => `r${round}/${agent}`)
    .sort()
    .join(" ");

/** What each topology's trace looks like, for one and the same team. */
const shapes: Readonly<Record<string, Shape>> = {
  sequential: (steps) => expect(as(steps)).toEqual(["r0/checker < r0/prices", "r0/dates <", "r0/prices < r0/dates", "r0/writer < r0/checker"]),
  parallel: (steps) => expect(as(steps)).toEqual(["r0/checker <", "r0/dates <", "r0/prices <", `r1/writer < ${of(0, ["checker", "dates", "prices"])}`]),
  dag: (steps) => expect(as(steps)).toEqual(["r0/checker < r0/dates r0/prices", "r0/dates <", "r0/prices <", "r0/writer < r0/checker"]),
  circular: (steps, { topology }) => {
    const laps = Number(topology.facts?.["laps"]);
    const ring = Array.from({ length: laps * everybody.length }, (_, i) => `r${Math.floor(i / everybody.length)}/${everybody[i % everybody.length]}`);
    expect(as(steps)).toEqual(ring.map((path, i) => `${path} < ${ring[i - 1] ?? ""}`.trim()).sort());
  },
  grid: (steps, { topology }) => {
    const neighbours: Record<string, string[]> = {
      dates: ["prices", "checker"],
      prices: ["dates", "writer"],
      checker: ["dates", "writer"],
      writer: ["prices", "checker"],
    };
    expect(steps).toHaveLength(everybody.length * (Number(topology.facts?.["rounds"]) + 1));
    for (const { agent, round, inputs } of steps) expect([...inputs].sort().join(" ")).toBe(round === 0 ? "" : of(round - 1, neighbours[agent]));
  },
  "mixture-of-agents": (steps) => {
    const layer = (round: number): string[] => everybody.map((agent) => `r${round}/${agent} < ${round === 0 ? "" : of(round - 1)}`.trim());
    expect(as(steps)).toEqual([...layer(0), ...layer(1), `r2/writer < ${of(1)}`].sort());
  },
  star: (steps) => {
    const spokes = ["checker", "dates", "prices"];
    // What the hub wrote reaches a spoke as its task, or whole where no message can be read in it.
    const heard = steps.find(({ agent }) => agent === "dates")?.inputs ?? [];
    expect([[], ["r0/writer.split"]]).toContainEqual(heard);
    expect(as(steps)).toEqual(
      [...spokes.map((agent) => `r0/${agent} < ${heard.join()}`.trim()), `r0/writer.join < ${of(0, spokes)}`, "r0/writer.split <"].sort(),
    );
  },
  hierarchical: (steps) => {
    const workers = ["checker", "dates", "prices"];
    expect(as(steps)).toEqual([...workers.map((agent) => `r0/${agent} <`), "r0/writer.plan <", `r0/writer.sum < ${of(0, workers)}`].sort());
  },
  // The two who read are for what the task asks; nobody else is called.
  forest: (steps, { topology }) => {
    expect(as(steps)).toEqual(["r0/dates <", "r0/prices <"]);
    expect(topology.facts).toMatchObject({ router: "words", fallback: false });
  },
  // Each agent is a step, two votes that agree decide it, and the next is told of the one that won.
  maker: (steps, { topology }) => {
    const votes = everybody.flatMap((_, i) => [0, 1].map((vote) => `s${i}/v${vote} < ${i === 0 ? "" : `s${i - 1}/v0`}`.trim()));
    expect(as(steps)).toEqual(votes);
    expect(steps.map(({ agent, path }) => agent === everybody[Number(path[1])])).not.toContain(false);
    expect(topology.facts).toMatchObject({ steps: 4, k: 2, samples: 8, flagged: 0 });
  },
  mesh: inRounds,
  debate: (steps, report) => {
    inRounds(steps, report);
    expect(report.topology.facts?.["round0Vote"]).toMatchObject({ of: 4, answer: expect.stringContaining(" ") });
  },
};

const readings: readonly [engine: string, args: readonly string[]][] = [
  ["the extractive engine", []],
  ["an emulated model", ["--model", "openai/gpt-4o", "--budget", "1"]],
];

let emulator: LLMock;
let person: Cli;
beforeAll(async () => {
  emulator = new LLMock({ port: 0 });
  emulator.onMessage(/[\s\S]*/, {
    content: "The Aurora will enter scheduled service on 2 June, in time for the summer timetable. [decision-record.md#6]\n",
    usage: { prompt_tokens: 1_200, completion_tokens: 40 },
  });
  await emulator.start();
  person = await cli({ OPENAI_API_KEY: "key-of-the-emulator", OPENAI_BASE_URL: `${emulator.url}/v1` });
});
afterAll(async () => {
  await emulator.stop();
  await person.remove();
});

async function stepsOf({ runId }: RunReport): Promise<Step[]> {
  type Span = { kind: string; attributes: Omit<Step, "inputs"> & { inputs: string } };
  const shown = await person.json<{ trace: Span[] }>(["run", "show", runId, "--trace"]);
  return shown.object.trace
    .filter(({ kind }) => kind === "step")
    .map(({ attributes: { inputs, ...rest } }) => ({ ...rest, inputs: inputs.split(", ").filter(Boolean) }));
}

describe.each(readings)("one team, nothing changed but the word, on %s", (_engine, args) => {
  it.each(Object.entries(shapes))("%s", { timeout: 120_000 }, async (id, shape) => {
    const { code, object: report } = await person.json(["run", task, "--docs", documents, "--team", team, "--topology", id, ...args]);
    expect(report.error).toBeUndefined();
    expect([code, report.status, report.topology.id]).toEqual([0, "accepted", id]);
    const { observedCalls, predicted, failures } = report.topology;
    expect(failures).toEqual([]);
    expect(observedCalls).toBeGreaterThanOrEqual(predicted.min);
    expect(observedCalls).toBeLessThanOrEqual(predicted.max);
    const steps = await stepsOf(report);
    expect(steps).toHaveLength(observedCalls);
    shape(steps, report);
  });

  it("hybrid", { timeout: 120_000 }, async () => {
    const { code, object: report } = await person.json(["run", task, "--docs", documents, "--team", team, "--topology", "hybrid", ...args]);
    expect([code, report.status, report.topology.id]).toEqual([0, "accepted", "hybrid"]);
    const steps = await stepsOf(report);
    // The first agent is asked without the ship's name and without the documents. An engine that has nothing else to go by then leaves it to the last, who stays here.
    expect(steps[0]).toMatchObject({ path: "s0/cloud", agent: "dates", task: expect.stringContaining("⟦NAME_1⟧") });
    expect(steps[0]?.task).not.toContain("Aurora");
    expect(report.topology.facts).toMatchObject({ pattern: "sanitize-and-solve", route: "redacted", spans: { NAME: 1 } });
    const elsewhere = args.length > 0;
    expect(as(steps)).toEqual(elsewhere ? ["s0/cloud <"] : ["s0/cloud <", "s1/local <"]);
    expect(report.topology.failures.map(({ agent, code: why }) => `${agent} ${why}`)).toEqual(elsewhere ? [] : ["dates NEEDS_GENERATIVE_MODEL"]);
  });
});
