import type { Team } from "@orrery/sdk";

/** A team as Mermaid text: an agent a node, an arrow from whoever is heard to whoever hears. */
export function drawTeam(team: Team, topology: string, edges: readonly { from: string; to: string }[]): string {
  const names = new Map(team.agents.map(({ id }, i) => [id, `a${i}`]));
  const strangers = [...new Set(edges.flatMap(({ from, to }) => [from, to]))].filter((id) => !names.has(id));
  for (const [i, id] of strangers.entries()) names.set(id, `n${i}`);
  const arrows = new Set(edges.map(({ from, to }) => `${names.get(from)}>${names.get(to)}`));
  const lines = edges.flatMap(({ from, to }) => {
    const [a = "", b = ""] = [names.get(from), names.get(to)];
    if (!arrows.has(`${b}>${a}`) || a === b) return [`  ${a} --> ${b}`];
    // Both hear each other: one line with two heads.
    return a < b ? [`  ${a} <--> ${b}`] : [];
  });
  return [
    "---",
    `title: ${JSON.stringify(`${team.name} (${topology})`)}`,
    "---",
    "flowchart LR",
    ...team.agents.map(({ id, role }) => `  ${names.get(id)}["${label(id)}<br/>${label(role)}"]`),
    ...strangers.map((id) => `  ${names.get(id)}(("${label(id)}"))`),
    ...lines,
    "",
  ].join("\n");
}

/** Mermaid reads quotes, brackets and entities inside a label; these are written as what they look like. */
const label = (text: string): string => text.replace(/[#"<>&[\]{}()|\\`]/g, (sign) => `#${sign.codePointAt(0)};`).replace(/\s+/g, " ");
