import type { ToolResult } from "@orrery/sdk";
import { Parser } from "expr-eval-fork";

const refused = (message: string): ToolResult => ({ ok: false, output: { code: "EXPRESSION_INVALID", message } });

/** Numbers only: no assignments, functions of one's own, arrays or members, and nothing that gives chance. */
function arithmetic(): Parser {
  const operators = { assignment: false, fndef: false, array: false, in: false, concatenate: false };
  const parser = new Parser({ allowMemberAccess: false, operators });
  for (const name of ["random", "map", "fold", "filter", "indexOf", "join"]) delete parser.functions[name];
  parser.functions["sum"] = (...values: number[]) => values.reduce((total, value) => total + value, 0);
  return parser;
}

/** The value to 15 digits, which is as many as a double holds. */
export function evaluate(expression: string): ToolResult {
  let value: unknown;
  try {
    value = arithmetic().evaluate(expression);
  } catch (error) {
    return refused(error instanceof RangeError ? "it nests too deeply" : error instanceof Error ? error.message : String(error));
  }
  if (typeof value === "boolean") return { ok: true, output: value };
  if (typeof value !== "number") return refused("the result is not a number");
  if (!Number.isFinite(value)) return refused(`the result is ${Number.isNaN(value) ? "not a number" : "too large"}`);
  return { ok: true, output: Number(value.toPrecision(15)) };
}
