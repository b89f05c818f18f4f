import { createTestHost, samples } from "@orrery/sdk/testing";
import { expect, test } from "vitest";
import greeter from "./greeter.ts";

test("says in the plan who works on the task", async () => {
  const host = await createTestHost({ plugins: [greeter] });
  const plan = await host.call("task.plan", samples.plan());
  expect(plan.notes).toEqual([{ by: "acme.greeter", text: "Hello from writer!" }]);
  await host.close();
});
