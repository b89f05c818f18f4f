import type { Layout, Point, Run } from "./layout.ts";
import type { Line } from "./edges.ts";

/** A line as SVG draws it, and the small arrow head on it, empty where both hear each other. */
export interface Path {
  line: Line;
  d: string;
  head: string;
}

const round = (n: number): number => Math.round(n * 10) / 10;
const move = (...points: number[]): string => points.map(round).join(" ");

/** The line's way between two agents of a layout. */
export function pathOf(line: Line, { places, size, run }: Layout): Path | undefined {
  const from = places.get(line.from);
  const to = places.get(line.to);
  if (!from || !to) return undefined;
  const { d, head } = ways[run](from, to, size);
  return { line, d, head: line.both ? "" : head };
}

type Way = (from: Point, to: Point, size: { width: number; height: number }) => { d: string; head: string };
const arrow = (x: number, y: number, angle: number): string => {
  const wing = (by: number) => move(x - 7 * Math.cos(angle + by), y - 7 * Math.sin(angle + by));
  return `M${wing(0.5)}L${move(x, y)}L${wing(-0.5)}`;
};

const ways: Record<Run, Way> = {
  straight(from, to, { width, height }) {
    const a = { x: from.x + width / 2, y: from.y + height / 2 };
    const b = { x: to.x + width / 2, y: to.y + height / 2 };
    // Two thirds along, where neither end's card hides it.
    const at = 0.62;
    return { d: `M${move(a.x, a.y)}L${move(b.x, b.y)}`, head: arrow(a.x + (b.x - a.x) * at, a.y + (b.y - a.y) * at, Math.atan2(b.y - a.y, b.x - a.x)) };
  },
  across(from, to, { width, height }) {
    if (Math.abs(from.x - to.x) < width / 2) return ways.side(from, to, { width, height });
    // A chain goes on in a new row.
    if (to.x < from.x) return ways.down(from, to, { width, height });
    // Over the heads of those in between.
    if (Math.abs(from.y - to.y) < 2 && Math.abs(to.x - from.x) > width * 1.6) {
      const a = { x: from.x + width * 0.6, y: from.y };
      const b = { x: to.x + width * 0.4, y: to.y };
      const lift = 22 + Math.abs(b.x - a.x) * 0.07;
      return { d: `M${move(a.x, a.y)}C${move(a.x, a.y - lift, b.x, b.y - lift, b.x, b.y)}`, head: arrow(b.x, b.y, Math.PI / 2) };
    }
    const a = { x: from.x + width, y: from.y + height / 2 };
    const b = { x: to.x, y: to.y + height / 2 };
    const bend = Math.max(24, Math.abs(b.x - a.x) / 2);
    return { d: `M${move(a.x, a.y)}C${move(a.x + bend, a.y, b.x - bend, b.y, b.x, b.y)}`, head: arrow(b.x, b.y, 0) };
  },
  down(from, to, { width, height }) {
    const under = to.y >= from.y;
    const a = { x: from.x + width / 2, y: from.y + (under ? height : 0) };
    const b = { x: to.x + width / 2, y: to.y + (under ? 0 : height) };
    const bend = (b.y - a.y) / 2;
    return { d: `M${move(a.x, a.y)}C${move(a.x, a.y + bend, b.x, b.y - bend, b.x, b.y)}`, head: arrow(b.x, b.y, under ? Math.PI / 2 : -Math.PI / 2) };
  },
  side(from, to, { height }) {
    const a = { x: from.x, y: from.y + height / 2 };
    const b = { x: to.x, y: to.y + height / 2 };
    const out = Math.min(a.x, b.x) - 14 - Math.min(40, Math.abs(b.y - a.y) * 0.06);
    return { d: `M${move(a.x, a.y)}C${move(out, a.y, out, b.y, b.x, b.y)}`, head: arrow(b.x, b.y, 0) };
  },
};

/** The upper left corner and size of everything a layout places. */
export function boundsOf({ places, size }: Layout): { width: number; height: number } {
  const all = [...places.values()];
  const span = (of: (point: Point) => number, own: number) => (all.length === 0 ? own : Math.max(...all.map(of)) - Math.min(...all.map(of)) + own);
  return { width: span(({ x }) => x, size.width), height: span(({ y }) => y, size.height) };
}
