import type { Phase } from "./hook-spec.ts";

/** What the order algorithm looks at; `installed` then `index` is install order. */
export interface Placed {
  readonly plugin: string;
  readonly phase: Phase;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly installed: number;
  readonly index: number;
}

/** `from` goes before `to` because `side` asked for it. */
interface Edge {
  readonly from: Placed;
  readonly to: Placed;
  readonly side: string;
}

const phases: readonly Phase[] = ["guard", "main", "observe"];
const rank = (tap: Placed): number => phases.indexOf(tap.phase);

/**
 * Phases first, then `before`/`after` by plugin id, then install order: of the taps nothing has to precede, the earliest installed goes next.
 * Constraints bind within a phase; one across phases holds already, or contradicts the phases. Returns the sides of a contradiction.
 */
export function order<T extends Placed>(taps: readonly T[]): { readonly sorted: readonly T[] } | { readonly sides: readonly string[] } {
  const all = taps.slice().sort((a, b) => rank(a) - rank(b) || a.installed - b.installed || a.index - b.index);
  const sorted: T[] = [];
  for (const phase of phases) {
    const left = all.filter((tap) => tap.phase === phase);
    const edges: Edge[] = [];
    for (const tap of left) {
      for (const { other, side, before } of constraints(tap)) {
        if (other === tap.plugin) return { sides: [side, `${other} cannot precede itself`] };
        for (const there of all) {
          if (there.plugin !== other) continue;
          if (there.phase === phase) edges.push(before ? { from: tap, to: there, side } : { from: there, to: tap, side });
          else if (before === rank(there) < rank(tap)) return { sides: [side, `${other} is in phase ${there.phase}, ${tap.plugin} in phase ${phase}`] };
        }
      }
    }
    const blocker = (tap: Placed): Edge | undefined => edges.find((edge) => edge.to === tap && left.some((other) => other === edge.from));
    while (left.length > 0) {
      const next = edges.length === 0 ? 0 : left.findIndex((tap) => !blocker(tap));
      if (next < 0) return { sides: circle(left[0] as T, blocker) };
      sorted.push(...left.splice(next, 1));
    }
  }
  return { sorted };
}

function constraints(tap: Placed): { other: string; side: string; before: boolean }[] {
  return [
    ...tap.before.map((other) => ({ other, side: `${tap.plugin} before ${other}`, before: true })),
    ...tap.after.map((other) => ({ other, side: `${tap.plugin} after ${other}`, before: false })),
  ];
}

/** Walks from blocker to blocker until a tap comes up again: the sides since then are the circle. */
function circle(start: Placed, blocker: (tap: Placed) => Edge | undefined): string[] {
  const seen: Placed[] = [];
  const sides: string[] = [];
  for (let at = start; ; ) {
    if (seen.includes(at)) return sides.slice(seen.indexOf(at));
    const edge = blocker(at) as Edge;
    seen.push(at);
    sides.push(edge.side);
    at = edge.from;
  }
}

/** Why a tap stands where it does, in words. */
export function because(tap: Placed, present: ReadonlySet<string>): string {
  const asked = constraints(tap).map(({ other, side }) => side.slice(tap.plugin.length + 1) + (present.has(other) ? "" : " (not there)"));
  return [`phase ${tap.phase}`, ...asked, `installed #${tap.installed}`].join(", ");
}
