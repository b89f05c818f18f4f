import { meansTool, type Team } from "@orrery/sdk";
import type { Host } from "../boot.ts";
import { nearest } from "./nearest.ts";
import type { Mistake, TeamText } from "./team-file.ts";
import { askTopology, type TopologyAnswer } from "./topology-answer.ts";

/** What is wrong with a team file, down to what only its topology can see, each with its line. */
export async function checkTeam(host: Host, read: TeamText, topology?: string): Promise<{ mistakes: Mistake[]; answer: TopologyAnswer | undefined }> {
  const { team } = read;
  if (!team) return { mistakes: read.mistakes, answer: undefined };
  const mistakes = [...read.mistakes, ...(await unknownTools(host, read, team))];
  try {
    const answer = await askTopology(host, team, topology);
    return { mistakes: [...mistakes, ...answer.problems.map((problem) => located(read, problem))], answer };
  } catch (error) {
    if ((error as { code?: unknown }).code !== "TOPOLOGY_UNKNOWN" || topology !== undefined) throw error;
    return { mistakes: [...mistakes, read.at(["topology", "id"], (error as Error).message)], answer: undefined };
  }
}

async function unknownTools(host: Host, { at }: TeamText, { agents }: Team): Promise<Mistake[]> {
  if (agents.every(({ tools }) => tools.length === 0)) return [];
  const answers = await host.kernel.call("tool.list", { named: agents.flatMap(({ tools }) => tools) });
  const there = answers.flatMap((answer) => (answer.ok ? answer.value.map(({ name }) => name) : []));
  return agents.flatMap(({ tools }, i) =>
    tools.flatMap((name, j) => {
      if (there.some((tool) => meansTool(name, tool))) return [];
      const meant = nearest(name, there);
      return [at(["agents", i, "tools", j], `there is no tool "${name}"${meant ? `; did you mean "${meant}"?` : `; there are: ${there.join(", ")}`}`)];
    }),
  );
}

/** `config.edges[0].from: there is no agent "x"` at its place in the file. */
function located({ at }: TeamText, problem: string): Mistake {
  const [, place = "", message = problem] = /^(config[^\s:]*): ([\s\S]*)$/.exec(problem) ?? [];
  const path = place.split(/[.[\]]+/).flatMap((part) => (part === "" ? [] : [/^\d+$/.test(part) ? Number(part) : part]));
  const key = /^Unrecognized key: "([^"]+)"$/.exec(message)?.[1];
  return at(["topology", ...path], key === undefined ? message : `there is no "${key}" here`, key);
}
