import type { Phase, TapOrder } from "./contract.ts";

/** What the order algorithm looks at; `installed` then `index` is install order. */
export type Placed = Required<TapOrder> & { readonly plugin: string; readonly installed: number; readonly index: number };

/** `from` goes before `to` because `side` asked for it. */
type Edge = { readonly from: Placed; readonly to: Placed; readonly side: string };

const phases: readonly Phase[] = ["guard", "main", "observe"];
const rank = (tap: Placed): number => phases.indexOf(tap.phase);

/**
 * Phases first, then `before`/`after` by plugin id, then install order: of the taps nothing has to precede, the earliest installed goes next.
 * A constraint across phases holds already, or contradicts the phases. Returns the sides of a contradiction.
 */
export function order<T extends Placed>(taps: readonly T[]): { readonly sorted: readonly T[] } | { readonly sides: readonly string[] } {
  const left: Placed[] = taps.slice().sort((a, b) => rank(a) - rank(b) || a.installed - b.installed || a.index - b.index);
  const edges = left.flatMap((tap) => edgesOf(tap, left));
  const blocker = (tap: Placed): Edge | undefined => edges.find((edge) => edge.to === tap && left.includes(edge.from));
  const sorted: Placed[] = [];
  for (let [first] = left; first; [first] = left) {
    const next = edges.length === 0 ? first : left.find((tap) => !blocker(tap));
    // Where nothing of the first phase left may go next, something of it waits for itself or for a later phase.
    if (!next || rank(next) > rank(first)) return { sides: contradiction(first, blocker) };
    sorted.push(...left.splice(left.indexOf(next), 1));
  }
  return { sorted: sorted as T[] };
}

function constraints({ plugin, before, after }: Placed): { readonly other: string; readonly side: string; readonly goesFirst: boolean }[] {
  return [
    ...before.map((other) => ({ other, side: `${plugin} before ${other}`, goesFirst: true })),
    ...after.map((other) => ({ other, side: `${plugin} after ${other}`, goesFirst: false })),
  ];
}

function edgesOf(tap: Placed, all: readonly Placed[]): Edge[] {
  return constraints(tap).flatMap(({ other, side, goesFirst }) =>
    all.filter((there) => there.plugin === other).map((there) => (goesFirst ? { from: tap, to: there, side } : { from: there, to: tap, side })),
  );
}

/** Walks from blocker to blocker until a tap comes up again (the sides since then are the circle), or one that cannot come earlier. */
function contradiction(start: Placed, blocker: (tap: Placed) => Edge | undefined): string[] {
  const seen: Placed[] = [];
  const sides: string[] = [];
  for (let at = start; !seen.includes(at); ) {
    const { from, to, side } = blocker(at) as Edge;
    if (from.plugin === to.plugin) return [side, `${to.plugin} cannot precede itself`];
    if (rank(from) > rank(to)) return [side, `${from.plugin} is in phase ${from.phase}, ${to.plugin} in phase ${to.phase}`];
    seen.push(at);
    sides.push(side);
    at = from;
    if (seen.includes(at)) sides.splice(0, seen.indexOf(at));
  }
  return sides;
}

/** Why a tap stands where it does, in words. */
export function because(tap: Placed, present: ReadonlySet<string>): string {
  const asked = constraints(tap).map(({ other, side }) => side.slice(tap.plugin.length + 1) + (present.has(other) ? "" : " (not there)"));
  return [`phase ${tap.phase}`, ...asked, `installed #${tap.installed}`].join(", ");
}
