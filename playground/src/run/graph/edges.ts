/** Who may hear whom. */
export interface Edge {
  readonly from: string;
  readonly to: string;
}
/** A line between two agents; `both`: each hears the other. */
export interface Line extends Edge {
  readonly key: string;
  readonly both: boolean;
}

export const keyOf = (from: string, to: string): string => `${from}→${to}`;

/** A line for each pair of agents that are here: those planned, and those along which something was heard unplanned. */
export function linesOf(ids: readonly string[], edges: readonly Edge[], heard: Iterable<Edge>): Line[] {
  const known = new Set(ids);
  const lines = new Map<string, Line>();
  for (const { from, to } of [...edges, ...heard]) {
    if (from === to || !known.has(from) || !known.has(to)) continue;
    const back = lines.get(keyOf(to, from));
    if (back) lines.set(back.key, { ...back, both: true });
    else if (!lines.has(keyOf(from, to))) lines.set(keyOf(from, to), { from, to, key: keyOf(from, to), both: false });
  }
  return [...lines.values()];
}

/** The edges with one of each pair that goes both ways: from the agent the team names first. */
export function oneWay(ids: readonly string[], edges: readonly Edge[]): Edge[] {
  const order = new Map(ids.map((id, i) => [id, i]));
  const there = new Set(edges.map(({ from, to }) => keyOf(from, to)));
  return edges.filter(
    ({ from, to }) => from !== to && order.has(from) && order.has(to) && !(there.has(keyOf(to, from)) && (order.get(from) ?? 0) > (order.get(to) ?? 0)),
  );
}

/** A tree's edges from its root down: from the one whom all others talk with, else from the first, where each edge goes both ways. */
export function downward(ids: readonly string[], edges: readonly Edge[]): Edge[] {
  const there = new Set(edges.map(({ from, to }) => keyOf(from, to)));
  if (edges.length === 0 || edges.some(({ from, to }) => !there.has(keyOf(to, from)))) return oneWay(ids, edges);
  const neighbours = (id: string) => edges.flatMap(({ from, to }) => (from === id ? to : []));
  const seen = new Set<string>();
  const down: Edge[] = [];
  const centre = ids.find((id) => new Set(neighbours(id)).size === ids.length - 1);
  for (const root of centre === undefined ? ids : [centre, ...ids]) {
    const queue = seen.has(root) ? [] : [root];
    seen.add(root);
    for (let from = queue.shift(); from !== undefined; from = queue.shift()) {
      for (const to of neighbours(from)) {
        if (seen.has(to) || !ids.includes(to)) continue;
        seen.add(to);
        down.push({ from, to });
        queue.push(to);
      }
    }
  }
  return down;
}

/** Agents by their longest way from a beginning; those in a circle together stand in one rank. */
export function ranksOf(ids: readonly string[], edges: readonly Edge[]): string[][] {
  const next = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const { from, to } of edges) if (next.has(to)) next.get(from)?.push(to);
  const reach = new Map(ids.map((id) => [id, reachable(id, next)]));
  const circle = (a: string, b: string) => reach.get(a)?.has(b) && reach.get(b)?.has(a);
  const ranks = new Map<string, number>();
  const rankOf = (id: string, under: ReadonlySet<string>): number => {
    const known = ranks.get(id);
    if (known !== undefined) return known;
    const group = ids.filter((other) => other === id || circle(id, other));
    const before = ids.filter((other) => !group.includes(other) && !under.has(other) && group.some((member) => next.get(other)?.includes(member)));
    const rank = before.length === 0 ? 0 : 1 + Math.max(...before.map((other) => rankOf(other, new Set([...under, ...group]))));
    for (const member of group) ranks.set(member, rank);
    return rank;
  };
  const out: string[][] = [];
  for (const id of ids) {
    const rank = rankOf(id, new Set());
    while (out.length <= rank) out.push([]);
    out[rank]?.push(id);
  }
  return out.filter((rank) => rank.length > 0);
}

function reachable(from: string, next: ReadonlyMap<string, readonly string[]>): Set<string> {
  const seen = new Set<string>();
  const queue = [...(next.get(from) ?? [])];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    queue.push(...(next.get(id) ?? []));
  }
  return seen;
}

/** Who stands in the middle of a ring: a star's hub, or one who hears the others and whom none of them hears (a judge). */
export function centreOf(ids: readonly string[], edges: readonly Edge[], star: boolean): string[] {
  if (ids.length < 3) return [];
  const neighbours = new Map<string, Set<string>>(ids.map((id) => [id, new Set()]));
  for (const { from, to } of edges) {
    neighbours.get(from)?.add(to);
    neighbours.get(to)?.add(from);
  }
  const degree = (id: string) => neighbours.get(id)?.size ?? 0;
  if (star) return [...ids].sort((a, b) => degree(b) - degree(a)).slice(0, 1);
  const hearing = ids.filter((id) => edges.some(({ to }) => to === id) && !edges.some(({ from }) => from === id));
  return hearing.length < ids.length / 2 ? hearing : [];
}

/** Whether each agent has at most one it hears first, and nobody is above himself: one tree or several. */
export function isTree(ids: readonly string[], edges: readonly Edge[]): boolean {
  const lines = oneWay(ids, edges);
  const parents = new Map<string, string>();
  for (const { from, to } of lines) {
    if (parents.has(to)) return false;
    parents.set(to, from);
  }
  const children = ids.filter((id) => lines.filter(({ from }) => from === id).length > 1);
  return children.length > 0 && ids.every((id) => !climbs(id, parents));
}

function climbs(id: string, parents: ReadonlyMap<string, string>): boolean {
  const seen = new Set([id]);
  for (let at = parents.get(id); at !== undefined; at = parents.get(at)) {
    if (seen.has(at)) return true;
    seen.add(at);
  }
  return false;
}
