import type { Json } from "@orrery/kernel";
import type { Choices } from "./random.ts";

const names = [
  "rounds",
  "k",
  "edges",
  "nodes",
  "layers",
  "laps",
  "history",
  "join",
  "reducer",
  "stop",
  "similarity",
  "trees",
  "steps",
  "onAgentFailure",
  "__proto__",
  "",
];

/** Any JSON value: the kind of config nobody meant to write. */
function anyJson(choose: Choices, depth = 0): Json {
  const leaves: readonly (() => Json)[] = [
    () => null,
    () => choose.chance(0.5),
    () => choose.of([0, -1, 1, 2.5, 1e308, -0, 9_007_199_254_740_991]),
    () => choose.of(["", "a0", "a99", "all", "fail", "skip", "constructor", "__proto__", "\u0000", "x".repeat(5_000), "🪐"]),
  ];
  const kinds = depth < 4 ? [...leaves, () => anyList(choose, depth), () => anyRecord(choose, depth)] : leaves;
  return choose.of(kinds)();
}
const anyList = (choose: Choices, depth: number): Json => Array.from({ length: choose.below(5) }, () => anyJson(choose, depth + 1));
function anyRecord(choose: Choices, depth: number): Json {
  const members = Array.from({ length: choose.below(5) }, (): [string, Json] => [choose.of(names), anyJson(choose, depth + 1)]);
  return Object.fromEntries(members) as Json;
}

/** Any JSON, or a good config with one of its members replaced or one too many. */
export function anyConfig(choose: Choices, good: Json): Json {
  if (good === null || typeof good !== "object" || Array.isArray(good) || choose.chance(0.3)) return anyJson(choose);
  const keys = [...Object.keys(good), choose.of(names)];
  return { ...good, [choose.of(keys)]: anyJson(choose, 1) };
}
