import { type Claim, hold, idsOf, type Row, type Scene, teamOf } from "../scene.ts";
import { agreeing, hearsTheRoundBefore, inStep, seenBy, seesTheTask, settledIn, stopsWithoutChange } from "./rounds.ts";

const others = (agent: string, { team }: Scene): string[] => idsOf(team).filter((id) => id !== agent);
const complete = hearsTheRoundBefore(() => true, others, "must");

const regular: Claim = {
  name: "with a degree everybody has so many peers, and they are mutual",
  check(observed, { facts }) {
    if (typeof facts?.degree !== "number") return;
    const heard = new Map<string, string[]>();
    for (const step of observed.steps.filter(({ dispatch }) => dispatch.round === 1)) {
      const { agent } = step.dispatch;
      heard.set(
        agent,
        seenBy(step, observed)
          .map((seen) => seen.agent)
          .filter((id) => id !== agent),
      );
    }
    for (const [agent, peers] of heard) {
      hold(peers.length === facts.degree, `${agent} has ${peers.length} peers of ${facts.degree}`);
      for (const peer of peers) hold(heard.get(peer)?.includes(agent) ?? false, `${agent} hears ${peer}, who does not hear ${agent}`);
    }
  },
};

/** Peers in synchronous gossip: round t + 1 reads round t only. n(R + 1) calls. */
export const mesh: Row = {
  id: "mesh",
  scenes(n, choose) {
    const team = teamOf(n, choose);
    const rounds = 1 + choose.below(3);
    const all = n * (rounds + 1);
    const scene = (more: Partial<Scene>, config: object = {}): Scene => ({
      label: `${n} agents, ${rounds} rounds`,
      team,
      task: "Improve the plan.",
      config: { rounds, ...config },
      ...more,
    });
    return [
      scene({ calls: all, predicted: { expected: all, max: all }, facts: { ends: rounds } }),
      scene({ script: settledIn, calls: 2 * n, facts: { ends: 1 } }, { rounds: 6 }),
      ...(n > 2 ? [scene({ calls: all, facts: { degree: 2, ends: rounds } }, { degree: 2 })] : []),
      ...(n > 1 ? [scene({ script: agreeing, calls: n, facts: { ends: 0 } }, { quorum: n })] : []),
    ];
  },
  claims: [
    seesTheTask,
    { ...complete, check: (observed, scene) => (scene.facts?.degree === undefined ? complete.check(observed, scene) : undefined) },
    regular,
    inStep,
    stopsWithoutChange,
  ],
  refused: ({ agents }) => [
    { config: { degree: agents.length }, because: "there are not so many peers" },
    { config: { quorum: agents.length + 2 }, because: "the quorum is more than all" },
  ],
};
