import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "./journal.ts";
import type { Json } from "@orrery/kernel";

/** As the form is defined, without regard to speed. */
function plainly(value: unknown): string {
  if (value === undefined || value === null || typeof value !== "object") return JSON.stringify(value ?? null);
  if (Array.isArray(value)) return `[${value.map(plainly).join(",")}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${plainly(member)}`)
    .join(",")}}`;
}
const key = fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom("__proto__", "10", "9", "01", "constructor", "a", "b"));
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(null, undefined, true, -0, Number.NaN, 1e21, "", "\ud800", "é"),
    fc.double(),
    fc.string(),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie("value")), { maxLength: 5 }).map((members) => Object.fromEntries(members)),
  ),
}));

describe("canonical JSON", () => {
  test("is what its form says, for every value", () => {
    fc.assert(
      fc.property(value, (given) => {
        expect(canonicalJson(given as Json)).toBe(plainly(given));
      }),
      { numRuns: 2_000 },
    );
  });

  test("is the same whatever the order of the members, and after being written and read", () => {
    expect(canonicalJson({ b: 1, a: { d: [1, { z: 1, y: 2 }], c: 2 } })).toBe('{"a":{"c":2,"d":[1,{"y":2,"z":1}]},"b":1}');
    expect(canonicalJson({ "10": 1, "9": 2, a: 3 })).toBe('{"10":1,"9":2,"a":3}');
    fc.assert(fc.property(fc.jsonValue(), (given) => canonicalJson(JSON.parse(JSON.stringify(given))) === canonicalJson(given as Json)));
  });

  test("leaves what it is given as it was", () => {
    const given = Object.freeze({ b: Object.freeze([Object.freeze({ z: 1, a: 2 })]), a: 1 });
    canonicalJson(given as never);
    expect(JSON.stringify(given)).toBe('{"b":[{"z":1,"a":2}],"a":1}');
  });
});
