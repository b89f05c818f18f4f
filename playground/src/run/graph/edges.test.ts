import { expect, it } from "vitest";
import { centreOf, downward, linesOf, oneWay, ranksOf } from "./edges.ts";

const edge = (text: string) => ({ from: text[0] ?? "", to: text[1] ?? "" });

it("draws one line for two who hear each other, and one for what was heard without a plan", () => {
  const lines = linesOf(["a", "b", "c"], [edge("ab"), edge("ba"), edge("bx")], [edge("ab"), edge("ca")]);
  expect(lines.map(({ from, to, both }) => [from, to, both])).toEqual([
    ["a", "b", true],
    ["c", "a", false],
  ]);
});

it("takes for a tree's root whom most others talk with, wherever the team names him", () => {
  expect(downward(["a", "b", "m"], ["am", "ma", "bm", "mb"].map(edge))).toEqual(["ma", "mb"].map(edge));
  expect(downward(["a", "b"], [edge("ab")])).toEqual([edge("ab")]);
});

it("ranks agents by their longest way from a beginning, those of a circle together", () => {
  expect(ranksOf(["a", "b", "c", "d"], ["ab", "bc", "ac", "cd"].map(edge))).toEqual([["a"], ["b"], ["c"], ["d"]]);
  expect(ranksOf(["a", "b", "c"], ["ab", "ba", "ac", "bc"].map(edge))).toEqual([["a", "b"], ["c"]]);
});

it("takes of an edge there and back the one from whom the team names first", () => {
  expect(oneWay(["m", "w"], ["wm", "mw"].map(edge))).toEqual([edge("mw")]);
});

it("finds a judge in the middle only among those who listen and are listened to by nobody", () => {
  expect(centreOf(["a", "b", "j"], ["ab", "ba", "aj", "bj"].map(edge), false)).toEqual(["j"]);
  expect(centreOf(["a", "b", "c"], ["ab", "bc", "ca"].map(edge), false)).toEqual([]);
});
