import { expect, it } from "vitest";
import { outcome } from "../lifecycle.ts";
import { modelRequest } from "../model.ts";
import { step } from "../step.ts";
import { task } from "../task.ts";
import { plan } from "../team.ts";
import { judgement } from "../verdict.ts";
import { samples } from "./samples.ts";

it("every sample is what its hook takes, and new each time", () => {
  for (const [make, schema] of [
    [samples.task, task],
    [samples.plan, plan],
    [samples.step, step],
    [samples.request, modelRequest],
    [samples.judgement, judgement],
    [samples.outcome, outcome],
  ] as const) {
    expect(schema.parse(make())).toEqual(make());
  }
  samples.plan().team.agents[0]!.role = "changed";
  expect(samples.plan().team.agents[0]?.role).toBe("writer");
  expect(samples.plan({ notes: [{ by: "a", text: "b" }] }).notes).toHaveLength(1);
});
