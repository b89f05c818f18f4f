import { definePlugin } from "@orrery/sdk";
import { z } from "zod";

/** Lets no paid call through outside office hours (UTC). A guard can only say no: it never allows for another guard. */
export default definePlugin({
  manifest: { id: "acme.office-hours", version: "1.0.0", api: "^1.0" },
  config: z.object({ from: z.int().min(0).max(23).default(8), to: z.int().min(1).max(24).default(18) }),
  setup({ tap, config, clock }) {
    tap("budget.reserve", (estimate) => {
      const hour = new Date(clock.now()).getUTCHours();
      if (!estimate.paid || (hour >= config.from && hour < config.to)) return undefined;
      return { decision: "deny", reason: `paid models are used from ${config.from} to ${config.to} o'clock UTC, and it is ${hour}` };
    });
  },
});
