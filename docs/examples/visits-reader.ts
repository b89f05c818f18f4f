import { definePlugin } from "@orrery/sdk";
import { Visits } from "./visits.ts";

/** Works with or without `acme.visits`: what `when` opens goes when the service goes, and comes back with it. */
export default definePlugin({
  manifest: { id: "acme.visits-reader", version: "1.0.0", api: "^1.0" },
  setup({ when, plugin }) {
    when({ visits: Visits }, ({ use, tap }) => {
      tap("task.plan", async (plan) => {
        const count = await use.visits.count(plan.task.workspace);
        return { ...plan, notes: [...plan.notes, { by: plugin.id, text: `Task ${count + 1} of this workspace.` }] };
      });
    });
  },
});
