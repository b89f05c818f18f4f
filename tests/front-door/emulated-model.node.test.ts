import { LLMock } from "@copilotkit/aimock";
import { calcPrice } from "@pydantic/genai-prices";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cli, cli } from "../support/cli.ts";

const documents = "examples/aurora/documents";
const answer = `## When the Aurora enters service

The Aurora will enter scheduled service on 2 June, in time for the summer timetable. [decision-record.md#6]
`;
const usage = { prompt_tokens: 1_200, completion_tokens: 40 };

let emulator: LLMock;
let person: Cli;
beforeAll(async () => {
  emulator = new LLMock({ port: 0 });
  emulator.onMessage(/[\s\S]*/, { content: answer, usage });
  await emulator.start();
  person = await cli({ OPENAI_API_KEY: "key-of-the-emulator", OPENAI_BASE_URL: `${emulator.url}/v1` });
});
afterAll(async () => {
  await emulator.stop();
  await person.remove();
});

interface Asked {
  path?: string;
  body: { model?: string; stream?: boolean; messages?: { content: string }[] } | null;
}
const completions = (): Asked[] => (emulator.getRequests() as Asked[]).filter(({ path }) => path?.endsWith("/chat/completions"));

describe("a team on a connected model, through the command line", () => {
  it("streams, says why the model was chosen, and bills what the price catalogue says of the provider's own usage", async () => {
    const before = completions().length;
    const { code, object } = await person.json([
      "run",
      "When does the Aurora enter service?",
      "--docs",
      documents,
      "--model",
      "openai/gpt-4o",
      "--budget",
      "0.05",
    ]);
    expect(object.error).toBeUndefined();
    expect(object.status).toBe("accepted");
    expect(code).toBe(0);
    expect(object.output).toContain("2 June");
    for (const { why } of object.agents) expect(why).toMatch(/gpt/i);
    expect(object.agents.every(({ model }) => model === "openai/gpt-4o")).toBe(true);

    const asked = completions().slice(before);
    expect(asked).toHaveLength(object.topology.observedCalls);
    expect(asked.every(({ body }) => body?.model === "gpt-4o" && body.stream === true)).toBe(true);

    const price = calcPrice({ input_tokens: usage.prompt_tokens, output_tokens: usage.completion_tokens }, "gpt-4o", { providerId: "openai" });
    const perCall = Math.round((price?.total_price ?? Number.NaN) * 1e9) / 1e3;
    expect(object.cost).toMatchObject({
      calls: asked.length,
      inputTokens: usage.prompt_tokens * asked.length,
      outputTokens: usage.completion_tokens * asked.length,
    });
    expect(object.cost.microUsd).toBeCloseTo(perCall * asked.length, 6);

    const { inputTokens = 0, outputTokens = 0, microUsd, mostMicroUsd, unpriced } = object.estimate ?? {};
    const expected = calcPrice({ input_tokens: inputTokens, output_tokens: outputTokens }, "gpt-4o", { providerId: "openai" });
    expect(microUsd).toBeCloseTo((expected?.total_price ?? Number.NaN) * 1e6, 0);
    expect([mostMicroUsd ?? 0, unpriced]).toEqual([expect.any(Number), []]);
    expect(mostMicroUsd ?? 0).toBeGreaterThan(microUsd ?? 0);
  });

  it("says in the terminal which model each step went to, and why", async () => {
    const { code, stdout, stderr } = await person.run(["run", "When does the Aurora enter service?", "--docs", documents, "--budget", "0.05"]);
    expect(code).toBe(0);
    const said = stdout + stderr;
    expect(said).toMatch(/researcher\s+→ openai\/\S+ because \S+/);
    // Before the first call what it is expected to take; after the last, that and what it took.
    expect(said).toMatch(
      /estimate\s+about [\d,]+ tokens in, [\d,]+ out, \$0\.\d+(, usually below \$0\.\d+)?, \$\d+\.\d+ at most \(answers .*(assumed|earlier steps)/,
    );
    expect(said.indexOf("estimate ")).toBeLessThan(said.indexOf("→ openai"));
    expect(said).toMatch(
      /agents' calls\s+tokens in\s+tokens out\s+money\npredicted\s+\d+.*\s[\d,]+\s+[\d,]+\s+\$0\.\d+\nobserved\s+\d+\s+[\d,]+\s+[\d,]+\s+\$0\.\d+/,
    );
  });

  it("stops before the call that would pass the budget, with exit code 3 and nothing overspent", async () => {
    const before = completions().length;
    const { code, object } = await person.json([
      "run",
      "When does the Aurora enter service?",
      "--docs",
      documents,
      "--model",
      "openai/gpt-4o",
      "--budget",
      "0.0001",
    ]);
    expect(code).toBe(3);
    expect(object.status).toBe("over_budget");
    expect(object.cost.microUsd).toBeLessThanOrEqual(100);
    expect(completions().length).toBe(before + object.cost.calls);
    expect(object.error).toMatchObject({ code: "BUDGET_EXCEEDED" });
  });

  it("spends nothing when nobody said a model or a budget", async () => {
    const before = completions().length;
    const { code, object } = await person.json(["run", "When does the Aurora enter service?", "--docs", documents]);
    expect(code).toBe(0);
    expect(object.cost.microUsd).toBe(0);
    expect(object.agents.every(({ model }) => model === "orrery/extractive")).toBe(true);
    expect(completions()).toHaveLength(before);
  });

  it("refuses a model without a known price under a budget, and says so", async () => {
    const { code, object } = await person.json(["run", "When?", "--docs", documents, "--model", "openai/gemini-2.0-flash", "--budget", "0.05"]);
    expect(code).toBe(3);
    expect(JSON.stringify(object.reasons)).toMatch(/price/i);
    expect(object.estimate).toMatchObject({ microUsd: null, mostMicroUsd: null, unpriced: ["openai/gemini-2.0-flash"] });
    expect(object.cost.calls).toBe(0);
  });

  it("never shows the key, in output, journal or settings", async () => {
    const { object } = await person.json(["run", "When does the Aurora enter service?", "--docs", documents, "--model", "openai/gpt-4o", "--budget", "0.05"]);
    for (const args of [
      ["run", "show", object.runId],
      ["run", "show", object.runId, "--json"],
      ["models", "--json"],
      ["doctor", "--json"],
      ["config", "get", "--json"],
    ]) {
      const { stdout, stderr } = await person.run(args);
      expect(stdout + stderr).not.toContain("key-of-the-emulator");
    }
  });
});
