/** Who is over whom. */
export type Branch = { from: string; to: string };

export const childrenOf = (branches: readonly Branch[], id: string): string[] => branches.filter((branch) => branch.from === id).map((branch) => branch.to);
/** Those with nobody over them, in the order of `ids`. */
export const rootsOf = (branches: readonly Branch[], ids: readonly string[]): string[] => ids.filter((id) => branches.every((branch) => branch.to !== id));

/** From `id` down to itself again, first repeated at the end; undefined where no circle leads back to it. */
function circleAt(branches: readonly Branch[], id: string): string[] | undefined {
  const path = [id];
  // With one parent each, a circle through `id` is found by going up.
  for (let at = id; ; ) {
    const up = branches.find((branch) => branch.to === at)?.from;
    if (up === undefined) return undefined;
    path.unshift(up);
    if (up === id) return path;
    if (path.indexOf(up) !== path.lastIndexOf(up)) return undefined;
    at = up;
  }
}

/** What keeps branches from being trees, with the place: unknown agents, twice the same, two parents with their paths, circles with theirs. */
export function treeProblems(branches: readonly Branch[], ids: readonly string[], where: string, placeOf = (i: number): string => `${where}[${i}]`): string[] {
  const problems: string[] = [];
  const over = new Map<string, string>();
  branches.forEach(({ from, to }, i) => {
    for (const id of [from, to]) if (!ids.includes(id)) problems.push(`${placeOf(i)}: there is no agent "${id}" (there are: ${ids.join(", ")})`);
    const other = over.get(to);
    if (other === from) problems.push(`${placeOf(i)}: the edge ${from} → ${to} is there twice`);
    else if (other !== undefined) problems.push(`${placeOf(i)}: ${to} has two parents: ${other} → ${to} and ${from} → ${to}`);
    else over.set(to, from);
  });
  if (problems.length > 0) return problems;
  const told = new Set<string>();
  for (const id of ids) {
    const circle = told.has(id) ? undefined : circleAt(branches, id);
    if (!circle) continue;
    for (const one of circle) told.add(one);
    problems.push(`${where}: they go in a circle: ${circle.join(" → ")}`);
  }
  return problems;
}
