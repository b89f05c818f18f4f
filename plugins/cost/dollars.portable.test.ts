import { expect, it } from "vitest";
import { dollars } from "./dollars.ts";

it("shows small sums with the digits that tell them apart, and no more", () => {
  expect([0, 1, 1_000, 412_300, 50_000_000, 1_000_000_000, 12_345_678_900].map(dollars)).toEqual([
    "$0",
    "$0.000000001",
    "$0.000001",
    "$0.0004123",
    "$0.05",
    "$1",
    "$12.3457",
  ]);
});
