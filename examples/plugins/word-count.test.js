import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestHost } from "@orrery/sdk/testing";
import plugin from "./word-count.js";

const call = (tool, text) => ({
  id: "call_sample",
  origin: { run: "run_sample", task: "task_sample", step: "r0/writer", agent: "writer", plugin: "orrery.runner", actor: "tester", workspace: "test" },
  tool,
  input: { text },
  named: [tool],
  effects: [],
  localOnly: false,
});

async function hostOf(t) {
  const host = await createTestHost({ plugins: [plugin] });
  t.after(() => host.close());
  return host;
}

test("offers agents a tool that changes nothing", async (t) => {
  const host = await hostOf(t);
  const [offered] = await host.call("tool.list", {});
  assert.ok(offered?.ok);
  assert.deepEqual(
    offered.value.map(({ name, effects }) => [name, effects]),
    [["count", []]],
  );
});

test("counts words, sentences and characters", async (t) => {
  const host = await hostOf(t);
  const answer = await host.call("tool.call", call("count", "It works. Does it? Yes!"));
  assert.deepEqual(answer?.value, { ok: true, output: { words: 5, sentences: 3, characters: 23 } });
});

test("leaves other tools to others", async (t) => {
  const host = await hostOf(t);
  assert.equal(await host.call("tool.call", call("calculator", "1")), undefined);
});
