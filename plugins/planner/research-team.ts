import type { AgentSpec, Team } from "@orrery/sdk";

/** Made up for one task: a name of theirs means nothing in the next, also when this team is given again. */
const passing = { tools: [], memory: false };

const researcher = (id: string, focus?: string): AgentSpec => ({
  id,
  role: "researcher",
  skill: "research",
  prompt: "Find the sentences of the documents that answer your part of the task best. Prefer the specific to the general, and say what you did not find.",
  ...passing,
  ...(focus ? { focus } : {}),
});
const checker: AgentSpec = {
  id: "checker",
  role: "fact checker",
  skill: "check",
  prompt:
    "For each claim your colleagues found, look for the best evidence for it and against it. Say supported, contradicted (with both quotes) or unsupported.",
  ...passing,
};
const writer: AgentSpec = {
  id: "writer",
  role: "writer",
  skill: "write",
  prompt: "Write the report: a section for each part of the task, only what survived checking, every sentence cited, contradictions and gaps said openly.",
  ...passing,
};

/** A team of at most `most` for a request with these aspects: researchers for the aspects, then one who checks, then one who writes. */
export function researchTeam(aspects: readonly string[], most: number): Team {
  if (most <= 1) return { name: "one writer", agents: [writer] };
  if (most === 2) return { name: "researcher and writer", agents: [researcher("researcher"), writer] };
  const split = Math.min(aspects.length, most - 2);
  if (split <= 1) return { name: "research team", agents: [researcher("researcher"), checker, writer] };
  const shares = Array.from({ length: split }, (_, i) => (i === split - 1 ? aspects.slice(i).join("\n") : (aspects[i] as string)));
  return { name: "research team", agents: [...shares.map((focus, i) => researcher(`researcher-${i + 1}`, focus)), checker, writer] };
}
