import { expect, it } from "vitest";
import type { Guest, SandboxEngine } from "./engine.ts";
import { GuestLink } from "./guest-link.ts";
import { sandboxLimits } from "./limits.ts";

it("a worker that takes longer to start than it has is told of where it was asked for, and ended", async () => {
  let ended = false;
  const guest: Guest = {
    send() {},
    isAlive: async () => true,
    terminate() {
      ended = true;
    },
  };
  const late = () => new Promise((resolve) => setTimeout(resolve, 50));
  const engine: SandboxEngine = { open: () => late().then(() => guest), workers: () => 1, close: async () => undefined };
  const clock = { now: () => 0, sleep: async () => undefined };
  const opened = GuestLink.open({ code: "", engine, limits: sandboxLimits, clock, handle() {}, stopped() {} });
  await expect(opened).rejects.toMatchObject({ code: "SANDBOX_SILENT" });
  // The worker comes up all the same, and goes.
  await expect.poll(() => ended).toBe(true);
});
