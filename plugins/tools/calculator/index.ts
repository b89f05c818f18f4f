import { definePlugin } from "@orrery/sdk";

const name = "calculator";

/** Arithmetic for agents: an expression in, a number out. Nothing is evaluated as code. */
export default definePlugin({
  manifest: {
    id: "orrery.tool.calculator",
    version: "0.1.0",
    api: "^1.0",
    title: "Calculator",
    description: "Evaluates arithmetic expressions for agents, without evaluating code.",
  },
  setup({ tap }) {
    tap("tool.list", () => [
      {
        name,
        description:
          "Evaluates an arithmetic expression: + - * / % ^, parentheses, comparisons, sqrt, abs, round, floor, ceil, min, max, sum of numbers, log, exp, sin, cos, tan, PI, E.",
        input: {
          type: "object",
          properties: { expression: { type: "string", maxLength: 1_000, description: "For example: (1200 * 1.19) / 12" } },
          required: ["expression"],
          additionalProperties: false,
        },
        effects: [],
        idempotent: true,
      },
    ]);
    tap("tool.call", async ({ tool, input }) => {
      if (tool !== name) return undefined;
      const { evaluate } = await import("./evaluate.ts");
      return evaluate((input as { expression: string }).expression);
    });
  },
});
