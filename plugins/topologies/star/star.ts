import type { Team } from "@orrery/sdk";
import { z } from "zod";
import { type Answer, assignmentsIn, concat, failurePolicy, inWaves, leadOf, type Onward, saysDone, toIntegrate, type Worker, workerOf } from "../kit/index.ts";

export const starConfig = z.strictObject({
  /** Who splits the task and brings the results together; without it the first agent whose skill is that, else the first who plans, else the first. */
  hub: z.string().optional(),
  /** Times the hub may hand out work. */
  rounds: z.int().min(1).max(20).default(1),
  ...failurePolicy("skip"),
});
type Config = z.infer<typeof starConfig>;
type Data = { hub: Worker; spokes: Worker[]; rounds: number; round: number; phase: "split" | "work" | "join"; joined: string | null; work: Answer[] };

const hubOf = (team: Team, { hub }: Config): string => hub ?? leadOf(team);
const splitting = (spokes: readonly Worker[]): string =>
  `Split the task among your colleagues; each sees only what you write to it. Answer with JSON and nothing else: {"name": "message"} for ${spokes
    .map(({ id, role }) => `${id} (${role})`)
    .join(", ")}.`;
const joining = (more: boolean): string =>
  `Your colleagues did what you asked of them. Bring it together into the answer to the task, in full.${
    more ? " End with a line DONE when nothing more is needed; else say what is missing, and you will hand out work again." : ""
  }`;

function split(data: Data): Onward<Data> {
  const { hub, round, joined, spokes } = data;
  const inputs = joined === null ? [] : [joined];
  return { data, wave: [{ path: `r${round}/${hub.id}.split`, agent: hub.id, skill: "plan", round, inputs, guidance: splitting(spokes) }] };
}

/** Each spoke on the hub's message to it, and on nothing else; where none to it can be read, on the task, its own focus and what the hub wrote. */
function work(data: Data, plan: Answer | undefined): Onward<Data> {
  const { spokes, round } = data;
  const messages = plan ? (assignmentsIn(plan, spokes)?.entries ?? []) : [];
  const wave = spokes.map(({ id }) => {
    const own = messages.filter(({ worker }) => worker === id).map(({ subtask }) => subtask);
    const step = { path: `r${round}/${id}`, agent: id, round };
    return own.length > 0 ? { ...step, inputs: [], task: own.join("\n") } : { ...step, inputs: plan ? [plan.path] : [] };
  });
  const after: Data = { ...data, phase: "work" };
  return wave.length > 0 ? { data: after, wave } : join(after, plan ? [plan] : []);
}

function join(data: Data, heard: readonly Answer[]): Onward<Data> {
  const { hub, round, rounds } = data;
  const inputs = heard.map((answer) => answer.path);
  return {
    data: { ...data, phase: "join", work: [...heard] },
    wave: [{ path: `r${round}/${hub.id}.join`, agent: hub.id, ...toIntegrate(hub.skill), round, inputs, guidance: joining(round + 1 < rounds) }],
  };
}

function onward(data: Data, answers: Answer[]): Onward<Data> {
  const { round, rounds, phase, joined } = data;
  const end = (stop: string, result: { output: string | undefined; text?: string }): Onward<Data> => ({
    data,
    done: { ...result, facts: { rounds: round + 1, stop } },
  });
  if (phase === "split") return work(data, answers[0]);
  if (phase === "work") return answers.length > 0 ? join(data, answers) : end("nobody answered", { output: joined ?? undefined });
  const [made] = answers;
  if (!made)
    return end("the hub failed", joined === null && data.work.length > 0 ? { output: undefined, text: concat(data.work) } : { output: joined ?? undefined });
  if (saysDone(made)) return end("the hub says done", { output: made.path });
  if (round + 1 >= rounds) return end("rounds", { output: made.path });
  return split({ ...data, phase: "split", round: round + 1, joined: made.path, work: [] });
}

/**
 * A hub splits the task, each spoke gets the hub's message only, and the hub brings the results together: spokes never see each other.
 * It ends when the hub says done, or after `rounds`. Where the hub fails in the end, the spokes' results are put one after another.
 */
export const star = inWaves<Config, Data>({
  id: "star",
  config: starConfig,
  problems: (team, { hub }) =>
    hub === undefined || team.agents.some((agent) => agent.id === hub)
      ? []
      : [`config.hub: there is no agent "${hub}" (there are: ${team.agents.map((agent) => agent.id).join(", ")})`],
  predict: (team, { rounds }) => {
    const round = team.agents.length + 1;
    return { min: round, expected: round * rounds, max: round * rounds };
  },
  edges: (team, config) => {
    const hub = hubOf(team, config);
    return team.agents.flatMap(({ id }) =>
      id === hub
        ? []
        : [
            { from: hub, to: id },
            { from: id, to: hub },
          ],
    );
  },
  begin: (team, config) => {
    const id = hubOf(team, config);
    const all = team.agents.map(workerOf);
    const spokes = all.filter((agent) => agent.id !== id);
    return split({
      hub: all.find((agent) => agent.id === id) ?? { id, role: "", skill: "" },
      spokes,
      rounds: config.rounds,
      round: 0,
      phase: "split",
      joined: null,
      work: [],
    });
  },
  onward,
});
