import fc from "fast-check";
import { expect, test } from "vitest";
import { childrenOf, rootsOf, treeProblems } from "./tree.ts";

const edge = (text: string) => ({ from: text.split(">")[0] ?? "", to: text.split(">")[1] ?? "" });
const problems = (ids: string, ...edges: string[]) => treeProblems(edges.map(edge), ids.split(""), "edges");

test("trees are trees: one parent each, no circle, known agents, nothing twice", () => {
  expect(problems("abcd", "a>b", "a>c", "c>d")).toEqual([]);
  expect(problems("abc", "a>c", "b>c")).toEqual(["edges[1]: c has two parents: a → c and b → c"]);
  expect(problems("ab", "a>b", "a>b")).toEqual(["edges[1]: the edge a → b is there twice"]);
  expect(problems("ab", "a>z")).toEqual(['edges[0]: there is no agent "z" (there are: a, b)']);
  expect(problems("a", "a>a")).toEqual(["edges: they go in a circle: a → a"]);
  expect(problems("abcd", "a>b", "b>c", "c>a", "c>d")).toEqual(["edges: they go in a circle: a → b → c → a"]);
});

test("any edges without a problem give every agent one way up to a root", () => {
  const ids = ["a", "b", "c", "d", "e"];
  const anyEdge = fc.record({ from: fc.constantFrom(...ids), to: fc.constantFrom(...ids) });
  fc.assert(
    fc.property(fc.array(anyEdge, { maxLength: 6 }), (edges) => {
      if (treeProblems(edges, ids, "edges").length > 0) return;
      const reached = (id: string): string[] => [id, ...childrenOf(edges, id).flatMap(reached)];
      expect(rootsOf(edges, ids).flatMap(reached).sort()).toEqual(ids);
    }),
  );
});
