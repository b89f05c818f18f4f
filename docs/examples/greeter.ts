import { definePlugin } from "@orrery/sdk";

/** Says in the plan of every task who works on it, and logs how each task ended. */
export default definePlugin({
  manifest: { id: "acme.greeter", version: "1.0.0", api: "^1.0" },
  setup({ tap, log, plugin }) {
    tap("task.plan", (plan) => {
      const names = plan.team.agents.map((agent) => agent.id).join(", ");
      return { ...plan, notes: [...plan.notes, { by: plugin.id, text: `Hello from ${names}!` }] };
    });
    tap("task.finish", ({ task, status }) => log.info(`"${task.text}" ended: ${status}`));
  },
});
