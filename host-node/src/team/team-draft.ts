import type { Team } from "@orrery/sdk";

type Draft = Pick<Team["agents"][number], "id" | "role" | "skill" | "prompt">;

const reader = (id: string): Draft => ({ id, role: "researcher", skill: "research", prompt: "Find the sentences that answer your part of the task best." });
const checker: Draft = { id: "checker", role: "fact checker", skill: "check", prompt: "Say of each claim whether the documents support it, and quote them." };
const writer: Draft = { id: "writer", role: "writer", skill: "write", prompt: "Write the report from what your colleagues found, every sentence cited." };

/** Researchers, one who checks, one who writes: as many as asked for. */
function agentsOf(count: number): Draft[] {
  if (count === 1) return [writer];
  if (count === 2) return [reader("researcher"), writer];
  if (count === 3) return [reader("researcher"), checker, writer];
  return [...Array.from({ length: count - 2 }, (_, i) => reader(`researcher-${i + 1}`)), checker, writer];
}

/** A team file to begin with, in YAML, that says what may be changed. */
export function draftTeam(count: number, topology: string): string {
  const agents = agentsOf(count);
  const edges = topology === "dag" && count > 2 ? edgesOf(agents) : [];
  return [
    "# A team of agents. `orrery team check FILE` says what is wrong, `orrery team schema` helps your editor.",
    "name: my team",
    "agents:",
    ...agents.flatMap(({ id, role, skill, prompt }) => [`  - id: ${id}`, `    role: ${role}`, `    skill: ${skill}`, `    prompt: ${prompt}`]),
    "    # focus: the part of the task it is answerable for",
    "    # tools: [calculator]          # nothing else is offered to it",
    "    # memory: false               # keeps nothing from one run to the next",
    "    # model: openai/gpt-5-mini     # preferred for it",
    "topology:",
    `  id: ${topology}`,
    ...(edges.length > 0 ? ["  config:", "    edges:", ...edges] : []),
    "# criteria:",
    "#   - { id: short, text: at most 300 words, rule: max-words, value: 300 }",
    "# budget: 0.05                     # US dollars a run may cost at most",
    "",
  ].join("\n");
}

const edgesOf = (agents: readonly Draft[]): string[] => {
  const to = (from: string, target: string) => `      - { from: ${from}, to: ${target} }`;
  return [...agents.filter(({ skill }) => skill === "research").map(({ id }) => to(id, "checker")), to("checker", "writer")];
};
