import { describe, expect, it } from "vitest";
import type { Edge } from "./edges.ts";
import { layout } from "./layout.ts";

const team = (n: number) => Array.from({ length: n }, (_, i) => `agent-${i + 1}`);
const where = (ids: readonly string[], hears: (from: number, to: number) => boolean): Edge[] =>
  ids.flatMap((from, i) => ids.flatMap((to, j) => (i !== j && hears(i, j) ? [{ from, to }] : [])));

/** Who hears whom under each topology, for a team of any size. */
const shapes: Record<string, (ids: readonly string[]) => Edge[]> = {
  sequential: (ids) => where(ids, (i, j) => j === i + 1),
  parallel: (ids) => where(ids, (_, j) => j === ids.length - 1),
  "mixture-of-agents": (ids) => where(ids, (i) => i < ids.length - 1),
  dag: (ids) => where(ids, (i, j) => j === 2 * i + 1 || j === 2 * i + 2),
  hierarchical: (ids) => where(ids, (i, j) => Math.floor((j - 1) / 3) === i || Math.floor((i - 1) / 3) === j),
  forest: (ids) => where(ids, (i, j) => j >= 2 && Math.floor(j / 2) - 1 === i),
  debate: (ids) => where(ids, (i) => i < ids.length - 1),
  mesh: (ids) => where(ids, () => true),
  circular: (ids) => where(ids, (i, j) => j === (i + 1) % ids.length),
  star: (ids) => where(ids, (i, j) => i === 0 || j === 0),
  grid: (ids) => where(ids, (i, j) => Math.abs(i - j) === 1),
  maker: () => [],
  hybrid: (ids) => where(ids, (i, j) => j === i + 1),
  "somebody.elses": (ids) => where(ids, (i, j) => (i + j) % 3 === 0),
};
const drawn = (topology: string, n: number, room = 900) => {
  const ids = team(n);
  const made = layout(topology, {}, ids, shapes[topology]?.(ids) ?? [], room);
  return { ...made, at: (i: number) => made.places.get(ids[i] ?? "") ?? { x: Number.NaN, y: Number.NaN } };
};

describe("a drawn team", () => {
  it.each(Object.keys(shapes))("has a place for each agent, and no card lies on another: %s", (topology) => {
    for (const room of [320, 900])
      for (const n of [1, 2, 3, 5, 9, 17, 40, 64]) {
        const { places, size } = drawn(topology, n, room);
        const all = [...places.values()];
        expect(all.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))).toHaveLength(n);
        for (const [i, a] of all.entries())
          for (const b of all.slice(i + 1))
            expect(Math.abs(a.x - b.x) >= size.width - 1 || Math.abs(a.y - b.y) >= size.height - 1, `${n} agents in ${room} px`).toBe(true);
      }
  });

  it("shows a chain from left to right", () => {
    const { at } = drawn("sequential", 3);
    expect([at(0), at(1), at(2)].map(({ y }) => y)).toEqual([at(0).y, at(0).y, at(0).y]);
    expect(at(0).x < at(1).x && at(1).x < at(2).x).toBe(true);
  });

  it("shows the one who brings answers together to the right of all who give them", () => {
    for (const topology of ["parallel", "mixture-of-agents"]) {
      const { at } = drawn(topology, 5);
      expect(
        [0, 1, 2, 3].every((i) => at(i).x === at(0).x && at(4).x > at(0).x),
        topology,
      ).toBe(true);
    }
  });

  it("shows a hub, and a debate's judge, in the middle of the others", () => {
    for (const [topology, centre] of [
      ["star", 0],
      ["debate", 4],
    ] as const) {
      const { at, size } = drawn(topology, 5);
      expect(at(centre), topology).toEqual({ x: -size.width / 2, y: -size.height / 2 });
    }
  });

  it("shows a ring's agents around it, clockwise from the top", () => {
    const { at } = drawn("circular", 4);
    expect(at(0).y < at(1).y && at(1).x > at(0).x && at(2).y > at(1).y && at(3).x < at(2).x).toBe(true);
  });

  it("shows a grid in the rows and columns it was given", () => {
    const ids = team(6);
    const { places, size } = layout("grid", { columns: 3 }, ids, [], 900);
    expect(new Set([...places.values()].map(({ x }) => x)).size).toBe(3);
    expect(places.get("agent-4")).toEqual({ x: 0, y: size.height + 36 });
  });

  it("shows a tree from its root down", () => {
    const { at } = drawn("hierarchical", 10);
    for (let i = 1; i < 10; i++) expect(at(i).y).toBeGreaterThan(at(Math.floor((i - 1) / 3)).y);
  });

  it("draws the boundary of this machine between the two sides of a hybrid", () => {
    for (const room of [320, 900]) {
      const { places, boundary } = layout("hybrid", { local: "agent-1", cloud: "agent-2" }, team(2), [], room);
      const axis = room === 900 ? "x" : "y";
      const line = boundary?.from[axis] ?? Number.NaN;
      expect(line).toBeGreaterThan(places.get("agent-1")?.[axis] ?? Number.NaN);
      expect(line).toBeLessThan(places.get("agent-2")?.[axis] ?? Number.NaN);
    }
  });

  it("writes less on each card the more agents there are", () => {
    expect([5, 20, 64].map((n) => drawn("mesh", n).density)).toEqual(["card", "chip", "dot"]);
  });
});
