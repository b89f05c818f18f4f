import { nodeSandboxEngine } from "@orrery/host-node/sandbox";
import { expect, it } from "vitest";
import { attacks, forgeries } from "./attacks.ts";
import { describeAttacks, limits } from "./describe-attacks.ts";

describeAttacks("in a thread of Node", () => nodeSandboxEngine({ warm: 2, limits }));

it("sixty attacks and more, no two of one name", () => {
  const names = [...attacks, ...forgeries].map(({ name }) => name);
  expect(names.length).toBeGreaterThanOrEqual(60);
  expect(new Set(names).size).toBe(names.length);
});
