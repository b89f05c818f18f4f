import { hold, idsOf, type Row, type Scene, same, teamOf } from "../scene.ts";
import { seenBy, seesTheTask } from "./rounds.ts";

const fields = [
  "lighthouse lamp keeper",
  "harbour dredging depth",
  "orchard pruning shears",
  "violin varnish bow",
  "glacier crevasse rope",
  "bakery sourdough oven",
];

/** Trees of two: a root and an expert below it, as far as the agents go; a last one is a tree by itself. */
function plantedIn(ids: readonly string[]): { edges: { from: string; to: string }[]; trees: string[][] } {
  const trees: string[][] = [];
  for (let i = 0; i < ids.length; i += 2) trees.push(ids.slice(i, i + 2));
  return { edges: trees.flatMap(([from, to]) => (from !== undefined && to !== undefined ? [{ from, to }] : [])), trees };
}

/** A router scores the roots and descends to the best experts; the top-k trees run, the others get no call. Σ depth of the chosen trees, and the merge. */
export const forest: Row = {
  id: "forest",
  scenes(n, choose) {
    const team = teamOf(n, choose);
    const { edges, trees } = plantedIn(idsOf(team));
    const about = Object.fromEntries(trees.flatMap((tree, i) => tree.map((id) => [id, fields[i] ?? "none"])));
    const scene = (wanted: readonly number[], top: number, task: string, config: object = {}): Scene => {
      const chosen = wanted.flatMap((at) => trees[at] ?? []);
      return {
        label: `${n} agents in ${trees.length} trees, top ${top}`,
        team,
        task,
        config: { edges, about, top, ...config },
        calls: chosen.length,
        facts: { chosen, roots: trees.map(([root]) => root ?? "") },
      };
    };
    const one = choose.below(trees.length);
    const two = (one + 1) % trees.length;
    const fallback = trees[two]?.[0] ?? "";
    return [
      scene([one], 1, `${fields[one]}`),
      scene([one], Math.min(2, trees.length), `${fields[one]}`),
      scene([two], 1, "Zymurgy, quixotically.", { fallback }),
      ...(trees.length > 1 ? [scene([one, two], 2, `${fields[one]} ${fields[two]}`)] : []),
    ];
  },
  claims: [
    seesTheTask,
    {
      name: "the chosen trees are called down to their experts, and unrelated ones get no call; the fallback where none is related",
      check({ steps }, { facts }) {
        const called = steps.map(({ dispatch }) => dispatch.agent);
        const chosen = (facts?.chosen ?? []) as string[];
        hold(same(called, chosen), `called were ${called.join(", ")}, chosen ${chosen.join(", ")}`);
      },
    },
    {
      name: "trees work at the same time and never see each other; an expert hears the one above it",
      check(observed, { config, facts }) {
        const { edges } = config as unknown as { edges: { from: string; to: string }[] };
        for (const step of observed.steps) {
          const { agent, path } = step.dispatch;
          const above = edges.filter(({ to }) => to === agent).map(({ from }) => from);
          const heard = seenBy(step, observed).map((seen) => seen.agent);
          hold(same(heard, above), `${path} hears ${heard.join(", ") || "nobody"}, above it is ${above.join(", ") || "nobody"}`);
          if (((facts?.roots ?? []) as string[]).includes(agent)) hold(step.after.length === 0, `${path} waited for ${step.after.join(", ")}`);
        }
      },
    },
  ],
  refused({ agents }) {
    const [a = "", b, c] = agents.map(({ id }) => id);
    const itself = { config: { edges: [{ from: a, to: a }] }, because: "a tree has a circle" };
    if (b === undefined || c === undefined) return [itself];
    return [
      itself,
      {
        config: {
          edges: [
            { from: a, to: b },
            { from: b, to: a },
          ],
        },
        because: "a tree has a circle",
      },
      {
        config: {
          edges: [
            { from: a, to: c },
            { from: b, to: c },
          ],
        },
        because: "a node has two parents",
      },
    ];
  },
};
