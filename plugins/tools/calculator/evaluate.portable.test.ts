import { describe, expect, it } from "vitest";
import { evaluate } from "./evaluate.ts";

describe("the calculator", () => {
  it.each([
    ["2 + 3 * 4 ^ 2", 50],
    ["(1200 * 1.19) / 12", 119],
    ["0.1 + 0.2", 0.3],
    ["round(2.5) + max(1, 2, 3) + sum(1, 2)", 9],
    ["sqrt(16) % 3", 1],
    ["5!", 120],
    ["3 > 2", true],
    ["-2 ^ 2", -4],
  ])("says that %s is %s", (expression, value) => {
    expect(evaluate(expression)).toEqual({ ok: true, output: value });
  });

  it.each([
    "",
    "1 +",
    "1/0",
    "0/0",
    "x",
    "a = 1",
    "f(x) = f(x); f(1)",
    "[1, 2]",
    "random()",
    "constructor",
    "__proto__",
    "toString",
    '"a" || "b"',
    "sqrt.constructor",
    'max.constructor("return 1")()',
    "map(max, 1)",
    "(".repeat(900),
    "import('node:fs')",
    "10^400",
  ])("refuses %s and says why", (expression) => {
    expect(evaluate(expression)).toEqual({ ok: false, output: { code: "EXPRESSION_INVALID", message: expect.stringMatching(/\S/) } });
  });
});
