import type { EstimateBasis } from "./estimate.ts";

/** What an estimate rests on, as people are told it: `ada, bob: from 12 earlier steps of this agent; eve: assumed`. */
export function basisWords(basis: readonly EstimateBasis[]): string {
  const agents = new Map<string, string[]>();
  for (const { agent, from, steps } of basis) {
    const words = from === "assumed" ? "assumed" : `from ${steps} earlier steps ${from === "agent" ? "of this agent" : "on this model"}`;
    agents.set(words, [...(agents.get(words) ?? []), agent]);
  }
  if (agents.size === 1 && agents.has("assumed")) return "assumed";
  const named = (all: readonly string[]): string => (all.length > 4 ? `${all.slice(0, 3).join(", ")} and ${all.length - 3} more` : all.join(", "));
  return [...agents].map(([words, all]) => `${named(all)}: ${words}`).join("; ");
}
