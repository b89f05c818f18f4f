import { definePlugin, liveConfig, meansTool } from "@orrery/sdk";
import { z } from "zod";

const names = z.array(z.string().min(1).max(200)).max(200);

/** Who may call what: an agent what its team file names, of that what the operator allows, and nothing else. */
export default definePlugin({
  manifest: {
    id: "orrery.tools.policy",
    version: "0.1.0",
    api: "^1.0",
    title: "Tool policy",
    description: "Allows a tool call when the team file names the tool for the agent and the operator's settings allow it.",
  },
  config: z
    .strictObject({
      allow: names
        .default(["calculator", "documents", "files"])
        .describe("Tools agents may call when their team names them; a name or a group. These three touch nothing but the run itself"),
      ask: names.default([]).describe("Tools a person is asked about at each call"),
      deny: names.default([]).describe("Goes before the other two"),
    })
    .prefault({}),
  live: true,
  setup(context) {
    const configOf = liveConfig(context);
    context.tap("tool.guard", ({ tool, named, effects, localOnly, origin }) => {
      const config = configOf(origin.run);
      const deny = (reason: string) => ({ decision: "deny" as const, reason });
      const holds = (list: readonly string[]) => list.some((name) => meansTool(name, tool));
      if (!holds(named)) return deny(`the team names no tool "${tool}" for ${origin.agent}`);
      if (holds(config.deny)) return deny(`the operator denies "${tool}" (setting tools.deny)`);
      const leaves = effects.filter((effect) => effect !== "writes");
      if (localOnly && leaves.length > 0) return deny(`this step must stay on this machine, and "${tool}" reaches out of it`);
      if (holds(config.ask)) return { decision: "ask" as const, reason: `the operator wants to be asked about "${tool}" (setting tools.ask)` };
      if (holds(config.allow)) return { decision: "allow" as const, reason: "named by the team and allowed by the operator" };
      return deny(`the operator does not allow "${tool}": add it to the setting tools.allow`);
    });
  },
});
