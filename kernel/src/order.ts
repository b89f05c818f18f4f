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

/** Two constraints that cannot both hold: each side says who asked for what. */
export interface Contradiction {
  readonly sides: readonly string[];
}

const phases: readonly Phase[] = ["guard", "main", "observe"];

const byInstall = (a: Placed, b: Placed): number => phases.indexOf(a.phase) - phases.indexOf(b.phase) || a.installed - b.installed || a.index - b.index;

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly side: string;
}

/**
 * Phases first, then `before`/`after` by plugin id, then install order: of the taps nothing has to precede, the earliest installed goes next.
 * Constraints bind plugins within a phase; one across phases holds already or contradicts the phases.
 */
export function order<T extends Placed>(taps: readonly T[]): { readonly sorted: readonly T[] } | Contradiction {
  const rest = taps.slice().sort(byInstall);
  const sorted: T[] = [];
  for (const phase of phases) {
    const group = rest.filter((tap) => tap.phase === phase);
    const edges: Edge[] = [];
    for (const tap of group) {
      for (const [other, side, before] of constraints(tap)) {
        if (other === tap.plugin) return { sides: [side, `${tap.plugin} cannot precede itself`] };
        for (const there of rest) {
          if (there.plugin !== other) continue;
          if (there.phase === phase) edges.push(before ? { from: tap.plugin, to: other, side } : { from: other, to: tap.plugin, side });
          else if (before === phases.indexOf(there.phase) < phases.indexOf(phase)) return { sides: [side, `${other} is in phase ${there.phase}, ${tap.plugin} in phase ${phase}`] };
        }
      }
    }
    const circle = place(group, edges, sorted);
    if (circle) return { sides: circle };
  }
  return { sorted };
}

function* constraints(tap: Placed): Generator<[other: string, side: string, before: boolean]> {
  for (const other of tap.before) yield [other, `${tap.plugin} before ${other}`, true];
  for (const other of tap.after) yield [other, `${tap.plugin} after ${other}`, false];
}

/** Appends `group` to `sorted`, or returns the sides of a circle among what is left. */
function place<T extends Placed>(group: T[], edges: readonly Edge[], sorted: T[]): string[] | undefined {
  if (edges.length === 0) {
    sorted.push(...group);
    return undefined;
  }
  const left = group.slice();
  const waiting = (plugin: string): Edge | undefined => edges.find((edge) => edge.to === plugin && left.some((tap) => tap.plugin === edge.from));
  while (left.length > 0) {
    const next = left.findIndex((tap) => !waiting(tap.plugin));
    if (next < 0) return circleFrom((left[0] as T).plugin, waiting);
    sorted.push(...left.splice(next, 1));
  }
  return undefined;
}

/** Walks from blocker to blocker until a plugin comes up again: the edges since then are the circle. */
function circleFrom(start: string, waiting: (plugin: string) => Edge | undefined): string[] {
  const seen: string[] = [];
  const sides: string[] = [];
  let plugin = start;
  for (;;) {
    const at = seen.indexOf(plugin);
    if (at >= 0) return sides.slice(at);
    const edge = waiting(plugin) as Edge;
    seen.push(plugin);
    sides.push(edge.side);
    plugin = edge.from;
  }
}

/** Why a tap stands where it does, in words for `explain()`. */
export function because(tap: Placed, present: ReadonlySet<string>): string {
  const asked = Array.from(constraints(tap), ([other, side]) => (present.has(other) ? side.slice(tap.plugin.length + 1) : `${side.slice(tap.plugin.length + 1)} (not there)`));
  return [`phase ${tap.phase}`, ...asked, `installed ${ordinal(tap.installed)}`].join(", ");
}

function ordinal(n: number): string {
  return `#${n}`;
}
