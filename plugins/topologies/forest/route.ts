import type { Team } from "@orrery/sdk";
import { childrenOf, type Encode, relevance } from "../kit/index.ts";
import { type ForestConfig, forestOf, textOf } from "./config.ts";

/** A chosen tree: the way from its root down to a leaf. */
export type Chosen = { root: string; score: number; route: string[] };

const thresholds = { words: 0.2, embedding: 0.4 };
const rounded = (score: number): number => Math.round(score * 1_000) / 1_000;

/** Scores the trees for the task, takes the best, and goes down in each to the best of those below until nobody is. */
export async function routeOf(team: Team, config: ForestConfig, task: string, encode: Encode): Promise<{ chosen: Chosen[]; used: string; fellBack: boolean }> {
  const { agents, roots, top, fallback } = forestOf(team, config);
  const about = new Map(agents.map(({ id }) => [id, textOf(config, agents, id)]));
  const { scores, used } = await relevance(config.router.by, task, [...about.values()], encode);
  const scoreOf = new Map([...about.keys()].map((id, i) => [id, scores[i] ?? 0]));
  const ranked = (ids: readonly string[]): string[] => [...ids].sort((a, b) => (scoreOf.get(b) ?? 0) - (scoreOf.get(a) ?? 0));
  const threshold = config.router.threshold ?? (used === "embedding" ? thresholds.embedding : thresholds.words);
  const passing = ranked(roots)
    .filter((root) => (scoreOf.get(root) ?? 0) >= threshold)
    .slice(0, top);
  const chosen = (passing.length > 0 ? passing : [fallback]).map((root): Chosen => {
    const route = [root];
    for (let next = ranked(childrenOf(config.edges, root))[0]; next !== undefined; next = ranked(childrenOf(config.edges, next))[0]) route.push(next);
    return { root, score: rounded(scoreOf.get(root) ?? 0), route };
  });
  return { chosen, used, fellBack: passing.length === 0 };
}
