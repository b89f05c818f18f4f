import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { collectViews } from "@orrery/sdk";
import { createTestHost } from "@orrery/sdk/testing";
import plugin from "./work-log.js";

const finished = (run, agent) => ({
  run,
  idx: 0,
  seq: 1,
  type: "step.finished",
  actor: "tester",
  workspace: "test",
  ts: 0,
  data: { result: { agent, model: "local/free", usage: { inputTokens: 10, outputTokens: 5 }, costNano: 2e9 } },
});

/** What it shows at a place, once `is` says that it has heard all. An observer is told in the host's own time. */
async function shown(host, place, is) {
  for (;;) {
    const [{ view } = {}] = await collectViews(host.kernel, place);
    if (view && is(view)) return view;
    await setTimeout(5);
  }
}

test("shows each step beside its run", async (t) => {
  const host = await createTestHost({ plugins: [plugin] });
  t.after(() => host.close());
  await host.call("event", finished("run_a", "writer"));
  await host.call("event", finished("run_a", "critic"));
  const view = await shown(host, { place: "run", run: "run_a" }, ({ blocks }) => blocks[0].rows.length === 2);
  assert.deepEqual(view.blocks[0].rows, [
    ["writer", "local/free", 5, 2],
    ["critic", "local/free", 5, 2],
  ]);
});

test("counts the runs it saw, and shows nothing of others", async (t) => {
  const host = await createTestHost({ plugins: [plugin] });
  t.after(() => host.close());
  for (const run of ["run_a", "run_b"]) await host.call("event", finished(run, "writer"));
  const view = await shown(host, { place: "extend" }, ({ blocks }) => blocks[0].value === 2);
  assert.equal(view.title, "Work log");
  assert.deepEqual(await collectViews(host.kernel, { place: "run", run: "run_none" }), []);
});
