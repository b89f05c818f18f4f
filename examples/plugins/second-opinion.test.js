import assert from "node:assert/strict";
import { test } from "node:test";
import { definePlugin, Models } from "@orrery/sdk";
import { createTestHost, samples } from "@orrery/sdk/testing";
import plugin from "./second-opinion.js";

const other = { id: "local/other", provider: "local", label: "other", kind: "generative", local: true, paid: false, state: "connected", source: "this test" };

/** A host's models, as this test writes them. */
const models = (list, text) =>
  definePlugin({
    manifest: { id: "test.models", version: "1.0.0", api: "^1.0" },
    provides: [Models],
    setup({ provide }) {
      const usage = { inputTokens: 10, outputTokens: 5 };
      provide(Models, { list: async () => list, ask: async ({ model }) => ({ model, text, usage, costNano: 0, finish: "stop" }) });
    },
  });

/** Its verdict on a sample outcome. */
async function verdict(t, list, text) {
  const host = await createTestHost({ plugins: [models(list, text), plugin] });
  t.after(() => host.close());
  const [answer] = await host.call("task.judge", samples.judgement());
  assert.ok(answer?.ok);
  return answer.value;
}

test("accepts what another model gives a good mark, with its reason", async (t) => {
  const { decision, score, reasons } = await verdict(t, [other], "8 It answers the task.");
  assert.deepEqual([decision, score, reasons], ["accept", 0.8, ["It answers the task."]]);
});

test("rejects what another model gives a bad mark", async (t) => {
  assert.equal((await verdict(t, [other], "2: off the point")).decision, "reject");
});

test("stands back where there is nobody to ask, or no mark", async (t) => {
  assert.equal((await verdict(t, [], "")).decision, "abstain");
  assert.equal((await verdict(t, [other], "no idea")).decision, "abstain");
});
