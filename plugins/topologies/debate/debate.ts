import type { Json, Team } from "@orrery/sdk";
import { z } from "zod";
import {
  type Answer,
  asFact,
  asFullFact,
  ask,
  close,
  type Encode,
  failurePolicy,
  following,
  inWaves,
  type Likeness,
  type Onward,
  opening,
  type Rounds,
  similarity,
  winner,
} from "../kit/index.ts";

export const debateConfig = z.strictObject({
  /** Rounds of debate after the independent answers. */
  rounds: z.int().min(0).max(20).default(2),
  /** Who decides and does not debate: an agent, or nobody (then the vote does). Without it the team's last agent where judging is its skill. */
  judge: z.union([z.string(), z.literal(false)]).optional(),
  similarity,
  ...failurePolicy("skip"),
});
type Config = z.infer<typeof debateConfig>;
type Facts = { [name: string]: Json };
type Data = { rounds: Rounds; judge: string | null; facts: Facts; judging: boolean };

const guidance =
  "Among your colleagues' work stands what you and the others said in the round before. Say where they convince you and where not, and answer the task anew in full.";
const judging = "Your colleagues debated the task. Decide: give the answer that stands, in full, and say in a sentence why.";

function judgeOf({ agents }: Team, { judge }: Config): string | null {
  const last = agents.at(-1);
  if (judge !== undefined) return judge || null;
  return last && agents.length > 1 && last.skill === "judge" ? last.id : null;
}
const debaters = (team: Team, config: Config): string[] => team.agents.map((agent) => agent.id).filter((id) => id !== judgeOf(team, config));

function problems(team: Team, config: Config): string[] {
  const judge = judgeOf(team, config);
  const ids = team.agents.map((agent) => agent.id);
  if (judge !== null && !ids.includes(judge)) return [`config.judge: there is no agent "${judge}" (there are: ${ids.join(", ")})`];
  return debaters(team, config).length === 0 ? ["config.judge: with one agent there is nobody to debate before it"] : [];
}

/** The vote, as the outcome or where the judge failed. */
function byVote(data: Data, like: Pick<Likeness, "same">, more: Facts): Onward<Data> {
  const won = winner(data.rounds, like);
  return { data, done: { output: won?.answer.path, facts: { ...data.facts, ...more, ...(won ? { vote: asFact(won) } : {}) } } };
}

async function onward(data: Data, answers: Answer[], encode: Encode): Promise<Onward<Data>> {
  if (data.judging) {
    const [decided] = answers;
    if (decided) return { data, done: { output: decided.path, facts: { ...data.facts, decidedBy: data.judge } } };
    const { like } = await close(data.rounds, data.rounds.last, encode);
    return byVote(data, like, { decidedBy: "vote, the judge failed" });
  }
  const { rounds, like, stop: ended } = await close(data.rounds, answers, encode);
  const won = winner(rounds, like);
  const unanimous = answers.length > 0 && won !== undefined && won.votes === won.of && won.of * 2 > rounds.cells.length;
  const stop = unanimous ? "unanimity" : ended === "no change" ? "stability" : ended;
  const first: Facts = rounds.round === 0 && won ? { round0Vote: asFullFact(won) } : {};
  const after: Data = { ...data, rounds, facts: { ...data.facts, ...first } };
  if (!stop) {
    const next = following(rounds);
    return { data: { ...after, rounds: next }, wave: ask(next) };
  }
  const facts: Facts = { ...after.facts, rounds: rounds.round, stop, similarity: like.used };
  if (data.judge === null || unanimous || rounds.last.length === 0) return byVote({ ...after, facts }, like, { decidedBy: unanimous ? "unanimity" : "vote" });
  const path = `r${rounds.round + 1}/${data.judge}`;
  const inputs = rounds.last.map((answer) => answer.path);
  return {
    data: { ...after, facts, judging: true },
    wave: [{ path, agent: data.judge, round: rounds.round + 1, inputs, guidance: judging }],
  };
}

/**
 * Round 0 is independent; in each round after it an agent hears its own and the others' answers of the round before.
 * Unanimity, stability or `rounds` end it, and the vote or a judge decides; where all agree nobody is asked to judge.
 * The vote of round 0 is always reported: voting alone explains most of what debate gains (arXiv 2508.17536).
 */
export const debate = inWaves<Config, Data>({
  id: "debate",
  config: debateConfig,
  problems,
  predict: (team, config) => {
    const n = debaters(team, config).length;
    const all = n * (config.rounds + 1) + (judgeOf(team, config) === null ? 0 : 1);
    return { min: n, expected: n === 1 ? n : all, max: all };
  },
  edges: (team, config) => {
    const ids = debaters(team, config);
    const judge = judgeOf(team, config);
    const among = ids.flatMap((to) => ids.filter((from) => from !== to).map((from) => ({ from, to })));
    return judge === null ? among : [...among, ...ids.map((from) => ({ from, to: judge }))];
  },
  begin: (team, config) => {
    const ids = debaters(team, config);
    const cells = ids.map((id) => ({ id, agent: id, sees: ids, task: null }));
    const rounds = opening(team, { cells, most: config.rounds, similarity: config.similarity, guidance });
    return { data: { rounds, judge: judgeOf(team, config), facts: {}, judging: false }, wave: ask(rounds) };
  },
  onward,
});
