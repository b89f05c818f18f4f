import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestHost, samples } from "@orrery/sdk/testing";
import plugin from "./frugal-router.js";

const free = { id: "local/free", provider: "local", label: "free", kind: "generative", local: true, paid: false, state: "connected", source: "this test" };
const paid = (id, usd) => ({ ...free, id, local: false, paid: true, price: { inputUsdPerMTok: usd, outputUsdPerMTok: usd } });
const step = samples.step({ spending: { allowed: true, capNano: 1e9, why: "a test" } });

/** The model it chooses among these; undefined when it leaves the choice to others. */
async function chosen(t, models, more = {}) {
  const host = await createTestHost({ plugins: [plugin] });
  t.after(() => host.close());
  return (await host.call("task.route", { step, models, remainingNano: 1e9, ...more }))?.value.model;
}

test("takes what is free, else the cheapest", async (t) => {
  assert.equal(await chosen(t, [paid("cloud/dear", 20), free, paid("cloud/cheap", 1)]), "local/free");
  assert.equal(await chosen(t, [paid("cloud/dear", 20), paid("cloud/cheap", 1)]), "cloud/cheap");
});

test("leaves out what the money left does not pay for", async (t) => {
  assert.equal(await chosen(t, [paid("cloud/dear", 20)], { remainingNano: 10 }), undefined);
});

test("leaves a person's own choice alone", async (t) => {
  assert.equal(await chosen(t, [free], { preferred: "cloud/dear" }), undefined);
});
