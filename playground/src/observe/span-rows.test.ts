import type { Span } from "@orrery/sdk";
import { expect, it } from "vitest";
import { arrange } from "./span-rows.ts";

const span = (id: string, parent: string | undefined, startMs: number): Span => ({
  id,
  parent,
  name: id,
  kind: "step",
  startMs,
  endMs: startMs + 1,
  status: "ok",
  idx: startMs,
  attributes: {},
});

it("puts each span under its parent, by start, with its depth", () => {
  const rows = arrange([span("b", "run", 5), span("run", undefined, 0), span("a", "run", 1), span("a1", "a", 2)]);
  expect(rows.map(({ span: { id }, depth }) => `${depth} ${id}`)).toEqual(["0 run", "1 a", "2 a1", "1 b"]);
});

it("keeps a span whose parent is not there, at the root", () => {
  expect(arrange([span("lost", "gone", 3)]).map(({ depth }) => depth)).toEqual([0]);
});

it("arranges a chain of 10,000 spans without running out of stack", () => {
  const spans = Array.from({ length: 10_000 }, (_, i) => span(`s${i}`, i === 0 ? undefined : `s${i - 1}`, i));
  expect(arrange(spans).at(-1)?.depth).toBe(9_999);
});
