import type { Point } from "./layout.ts";

export interface Size {
  width: number;
  height: number;
}

/** One below the other, in this many columns. */
export function stacked(ids: readonly string[], { width, height }: Size, columns: number): Map<string, Point> {
  return new Map(ids.map((id, i) => [id, { x: (i % columns) * (width + 12), y: Math.floor(i / columns) * (height + 16) }]));
}

/** In rows and columns; the last row may be ragged. */
export function tabled(ids: readonly string[], { width, height }: Size, columns: number): Map<string, Point> {
  return new Map(ids.map((id, i) => [id, { x: (i % columns) * (width + 36), y: Math.floor(i / columns) * (height + 36) }]));
}

/** Around a ring, clockwise from the top, in the team's order; those in `centre` stand in the middle of it. `least`: the smallest radius, in cards. */
export function ringed(ids: readonly string[], { width, height }: Size, centre: readonly string[], least: number): Map<string, Point> {
  const around = ids.filter((id) => !centre.includes(id));
  const at = (i: number, scale: number): Point => {
    const angle = (2 * Math.PI * i) / around.length - Math.PI / 2;
    return { x: Math.cos(angle) * scale * (width + 24) - width / 2, y: Math.sin(angle) * scale * (height + 24) - height / 2 };
  };
  // The smallest ring on which neighbours stand side by side at the top and one above the other at the sides.
  const apart = (scale: number) =>
    around.every((_, i) => {
      const [a, b] = [at(i, scale), at(i + 1, scale)];
      return around.length === 1 || Math.abs(a.x - b.x) >= width + 8 || Math.abs(a.y - b.y) >= height + 8;
    });
  let scale = Math.max(least, around.length / (2 * Math.PI));
  while (!apart(scale)) scale *= 1.05;
  const places = new Map(around.map((id, i) => [id, at(i, scale)]));
  centre.forEach((id, i) => places.set(id, { x: -width / 2, y: (i - (centre.length - 1) / 2) * (height + 16) - height / 2 }));
  return places;
}
