import policy from "@orrery/plugins/judges/policy";
import runner from "@orrery/plugins/runner";
import sequential from "@orrery/plugins/topologies/sequential";
import { definePlugin, type ModelRequest } from "@orrery/sdk";
import { createTestHost } from "@orrery/sdk/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import schemaJudge from "./index.ts";
import { verdict } from "./verdict.ts";

const schema = { type: "object", properties: { port: { type: "string" }, day: { type: "integer" } }, required: ["port"], additionalProperties: false };

describe("an answer with a schema", () => {
  it("fits or does not, and where it does not is said", () => {
    expect(verdict(schema, { text: '{"port": "Jena", "day": 2}' })).toMatchObject({ decision: "accept", score: 1 });
    expect(verdict(schema, { text: 'Here it is:\n```json\n{"port": "Jena"}\n```\n' })).toMatchObject({ decision: "accept" });
    expect(verdict(schema, { text: "ignored", data: { port: "Jena" } })).toMatchObject({ decision: "accept" });
    expect(verdict(schema, { text: "Jena" })).toMatchObject({ decision: "reject", reasons: ["the answer is not one JSON value"] });
    const { decision, reasons } = verdict(schema, { text: '{"port": 7}' });
    expect([decision, reasons.join(" ")]).toEqual(["reject", expect.stringMatching(/#\/port.*string/)]);
    expect(verdict({ type: "object", properties: 7 }, { text: "{}" }).decision).toMatch(/accept|reject/);
  });

  it("is sent back with what did not fit, and fails when it does not come right", async () => {
    const answers = ["Jena", '{"port": 7}'];
    const requests: ModelRequest[] = [];
    const info = { id: "t/m", provider: "t", label: "t", kind: "generative" as const, local: true, paid: false, state: "connected" as const, source: "here" };
    const model = definePlugin({
      manifest: { id: "test.provider", version: "1.0.0", api: "^1.0" },
      setup({ tap }) {
        tap("model.list", () => [info]);
        tap("task.route", () => ({ model: info.id, maxOutputTokens: 100, why: "the only one", considered: [] }));
        tap("model.call", (request) => {
          requests.push(request);
          return { model: info.id, text: answers.shift() ?? '{"port": "Jena"}', usage: { inputTokens: 1, outputTokens: 1 }, finish: "stop" };
        });
      },
    });
    const host = await createTestHost({ plugins: [runner, sequential, policy, schemaJudge, model] });
    onTestFinished(() => host.close());
    const team = { name: "one", agents: [{ id: "a", role: "a", skill: "write", prompt: "p", tools: [], output: schema }] };
    const failed = await host.run("Where from?", { team });
    expect([failed.status, failed.error?.code]).toEqual(["rejected", "STEP_REJECTED"]);
    expect(requests[0]?.messages[0]?.content).toContain("It must fit this JSON Schema");
    expect(requests[1]?.messages[0]?.content).toContain("schema: the answer is not one JSON value");
    answers.push("Jena");
    expect(await host.run("Where from?", { team })).toMatchObject({ status: "accepted", output: '{"port": "Jena"}' });
  });
});
