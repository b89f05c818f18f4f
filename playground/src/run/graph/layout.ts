import dagre from "@dagrejs/dagre";
import { ringed, type Size, stacked, tabled } from "./arrange.ts";
import { centreOf, type Edge, downward, isTree, oneWay, ranksOf } from "./edges.ts";

export interface Point {
  x: number;
  y: number;
}
/** How a card is drawn: whole, as a name with its state, or as a dot with its name below. */
export type Density = "card" | "chip" | "dot";
/** How a line runs: across from rank to rank, down from parent to child, straight, or along the side of a stack. */
export type Run = "across" | "down" | "straight" | "side";
export interface Layout {
  density: Density;
  size: Size;
  run: Run;
  /** Upper left corners, by agent. */
  places: ReadonlyMap<string, Point>;
  /** Where what stays on this machine ends: a line from one point to the other, with what lies on each side of it. */
  boundary?: { from: Point; to: Point; here: Point; elsewhere: Point };
}

const sizes: Record<Density, Size> = { card: { width: 216, height: 92 }, chip: { width: 148, height: 40 }, dot: { width: 76, height: 56 } };
const densityFor = (n: number, card: number, chip: number): Density => (n <= card ? "card" : n <= chip ? "chip" : "dot");

/** A row of cards may be this much wider than the room before it goes on in a new one: it is drawn smaller then. */
const shrunk = 1.7;
/** Less room than this is one column of cards. */
export const narrowest = 560;

type Form = "sides" | "ranks" | "graph" | "tree" | "ring" | "star" | "grid";
const forms: Readonly<Record<string, Form>> = {
  sequential: "ranks",
  parallel: "ranks",
  "mixture-of-agents": "ranks",
  hybrid: "sides",
  maker: "ranks",
  dag: "graph",
  hierarchical: "tree",
  forest: "tree",
  debate: "ring",
  mesh: "ring",
  circular: "ring",
  star: "star",
  grid: "grid",
};

/** The form a topology is drawn in; one that is not known by name, by its edges. */
function formOf(topology: string, ids: readonly string[], edges: readonly Edge[]): Form {
  const known = forms[topology];
  if (known) return known;
  if (isTree(ids, edges)) return "tree";
  return ranksOf(ids, edges).some((rank) => rank.length > 1 && edges.some(({ from, to }) => rank.includes(from) && rank.includes(to))) ? "ring" : "graph";
}

/** Where each agent stands, so that the topology's shape can be seen. `room`: the width there is, in pixels. */
export function layout(topology: string, config: Readonly<Record<string, unknown>>, ids: readonly string[], edges: readonly Edge[], room: number): Layout {
  const wide = room >= narrowest;
  const form = formOf(topology, ids, edges);
  const n = ids.length;
  if (form === "ring" || form === "star" || form === "grid") {
    const density = wide ? densityFor(n, 9, 24) : densityFor(n, 0, 6);
    const size = sizes[density];
    return { density, size, run: "straight", places: placed(form, config, ids, edges, size) };
  }
  const density = densityFor(n, 16, 36);
  const size = sizes[density];
  if (form === "sides") return sided(sidesOf(ids, config), size, density, wide);
  if (!wide) return { density, size, run: "side", places: stacked(ids, size, density === "card" ? 1 : density === "chip" ? 2 : 4) };
  if (form === "ranks")
    return { density, size, run: "across", places: stackedRanks(ids, edges, size, Math.max(2, Math.floor((room * shrunk) / (size.width + 48)))) };
  return { density, size, run: form === "tree" ? "down" : "across", places: ranked(ids, edges, size, form === "tree" ? "TB" : "LR") };
}

function placed(form: "ring" | "star" | "grid", config: Readonly<Record<string, unknown>>, ids: readonly string[], edges: readonly Edge[], size: Size) {
  if (form === "grid") {
    const given = [config["columns"], config["cols"], config["c"]].find((value): value is number => typeof value === "number");
    return tabled(ids, size, given ?? Math.ceil(Math.sqrt(ids.length)));
  }
  return ringed(ids, size, centreOf(ids, edges, form === "star"), form === "star" ? 1.6 : 1.15);
}

/** Ranks from left to right; one of many agents takes several columns, one of many ranks goes on in a new row. */
function stackedRanks(ids: readonly string[], edges: readonly Edge[], size: Size, across: number): Map<string, Point> {
  const ranks = ranksOf(ids, edges);
  const places = new Map<string, Point>();
  const most = 6;
  const gap = { x: 56, y: 20 };
  let x = 0;
  let top = 0;
  let below = 0;
  const rows = Math.min(most, Math.max(...ranks.map((rank) => rank.length)));
  ranks.forEach((rank, i) => {
    if (i > 0 && i % across === 0) {
      x = 0;
      top = below + 48;
    }
    const columns = Math.ceil(rank.length / most);
    const tall = Math.ceil(rank.length / columns);
    const from = top + ((rows - tall) * (size.height + gap.y)) / 2;
    rank.forEach((id, at) => {
      const place = { x: x + Math.floor(at / tall) * (size.width + 16), y: from + (at % tall) * (size.height + gap.y) };
      places.set(id, place);
      below = Math.max(below, place.y + size.height);
    });
    x += columns * size.width + (columns - 1) * 16 + gap.x;
  });
  return places;
}

/** Who is asked on this machine only, and who elsewhere: as the config says, else the team's last agent and its first. */
function sidesOf(ids: readonly string[], config: Readonly<Record<string, unknown>>): { here: string[]; elsewhere: string[] } {
  const cloud = typeof config["cloud"] === "string" ? config["cloud"] : ids[0];
  const local = typeof config["local"] === "string" ? config["local"] : ids.at(-1);
  // One who is both is asked here first.
  const elsewhere = ids.filter((id) => id === cloud && id !== local);
  return { here: ids.filter((id) => !elsewhere.includes(id)), elsewhere };
}

/** Two sides with the boundary between them: beside each other, or one above the other where there is little room. */
function sided({ here, elsewhere }: { here: string[]; elsewhere: string[] }, size: Size, density: Density, wide: boolean): Layout {
  const gap = wide ? 120 : 72;
  const column = (group: readonly string[], x: number, y: number) => group.map((id, i): [string, Point] => [id, { x, y: y + i * (size.height + 16) }]);
  const tall = Math.max(here.length, elsewhere.length) * (size.height + 16) - 16;
  if (wide) {
    const at = size.width + gap / 2;
    const places = new Map([...column(here, 0, 0), ...column(elsewhere, size.width + gap, 0)]);
    const boundary = {
      from: { x: at, y: -28 },
      to: { x: at, y: tall + 12 },
      here: { x: size.width / 2, y: -16 },
      elsewhere: { x: size.width * 1.5 + gap, y: -16 },
    };
    return { density, size, run: "across", places, boundary };
  }
  const below = here.length * (size.height + 16) - 16;
  const at = below + gap / 2;
  const places = new Map([...column(here, 0, 0), ...column(elsewhere, 0, below + gap)]);
  const boundary = {
    from: { x: 0, y: at },
    to: { x: size.width, y: at },
    here: { x: size.width / 2, y: at - 8 },
    elsewhere: { x: size.width / 2, y: at + 18 },
  };
  return { density, size, run: "side", places, boundary };
}

/** By dagre. Interchangeable agents (the same neighbours) take one another's places in the team's order: no edge crosses for it. */
function ranked(ids: readonly string[], edges: readonly Edge[], size: Size, rankdir: "LR" | "TB"): Map<string, Point> {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir, nodesep: rankdir === "LR" ? 24 : 20, ranksep: 56 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const id of ids) graph.setNode(id, { ...size });
  const lines = rankdir === "TB" ? downward(ids, edges) : oneWay(ids, edges);
  for (const { from, to } of lines) graph.setEdge(from, to);
  dagre.layout(graph);
  const places = new Map(ids.map((id) => [id, { x: graph.node(id).x - size.width / 2, y: graph.node(id).y - size.height / 2 }]));
  const peers = new Map<string, string[]>();
  for (const id of ids) {
    const neighbours = lines
      .flatMap(({ from, to }) => (from === id ? [`>${to}`] : to === id ? [`<${from}`] : []))
      .sort()
      .join(" ");
    peers.set(neighbours, [...(peers.get(neighbours) ?? []), id]);
  }
  for (const group of peers.values()) {
    const spots = group.map((id) => places.get(id) ?? { x: 0, y: 0 }).sort((a, b) => a.y - b.y || a.x - b.x);
    group.forEach((id, i) => places.set(id, spots[i] ?? { x: 0, y: 0 }));
  }
  return places;
}
