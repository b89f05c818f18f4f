import type { AgentSpec, Team } from "@orrery/sdk";

const closing = new Set(["write", "vote", "judge", "summarise"]);

/** Whether an agent's work is to make one of what others made. */
export const bringsTogether = ({ skill }: AgentSpec): boolean => closing.has(skill);

/** The skill to integrate with, for a dispatch: an agent's own where that is its work, else to write. */
export const toIntegrate = (skill: string): { skill?: string } => (closing.has(skill) ? {} : { skill: "write" });

/** Who leads where a config does not say: the first whose work is to bring others' together, else the first who plans, else the first. */
export function leadOf({ agents }: Team): string {
  return (agents.find(bringsTogether) ?? agents.find(({ skill }) => skill === "plan") ?? agents[0])?.id ?? "";
}
