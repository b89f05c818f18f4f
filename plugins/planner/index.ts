import { definePlugin } from "@orrery/sdk";
import { z } from "zod";
import { aspectsOf } from "./aspects.ts";
import { researchTeam } from "./research-team.ts";

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;

/** Gives a task that came without a team the default one, and a topology that suits it. What the person named stays as it is. */
export default definePlugin({
  manifest: {
    id: "orrery.planner",
    version: "0.1.0",
    api: "^1.0",
    title: "Planner",
    description: "Designs the default research team: researchers for each aspect of the task, a checker, a writer.",
  },
  config: z.object({
    agents: z.int().min(1).max(64).default(5).describe("Team size when the person does not say"),
  }),
  setup({ tap, config, plugin }) {
    tap("task.plan", (plan) => {
      if (plan.given.team) return undefined;
      const aspects = aspectsOf(plan.task.text);
      const team = researchTeam(aspects, plan.task.constraints.agents ?? config.agents);
      const branches = team.agents.filter(({ skill }) => skill === "research").length;
      const id = plan.given.topology ? plan.topology.id : branches > 1 ? "dag" : "sequential";
      // In a chain the writer must hear the researchers too, not only the checker before it.
      const topology = { id, config: id === "sequential" ? { history: "all", ...plan.topology.config } : plan.topology.config };
      const why = plan.given.topology ? "as asked for" : branches > 1 ? "researchers can work side by side" : "each builds on the one before";
      return {
        ...plan,
        team,
        topology,
        notes: [...plan.notes, { by: plugin.id, text: `${count(team.agents.length, "agent")} for ${count(aspects.length, "aspect")}; topology ${id}: ${why}` }],
      };
    });
  },
});
