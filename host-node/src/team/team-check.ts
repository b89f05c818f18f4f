import type { Host } from "../boot.ts";
import type { Mistake, TeamText } from "./team-file.ts";
import { askTopology, type TopologyAnswer } from "./topology-answer.ts";

/** What is wrong with a team file, down to what only its topology can see, each with its line. */
export async function checkTeam(host: Host, read: TeamText, topology?: string): Promise<{ mistakes: Mistake[]; answer: TopologyAnswer | undefined }> {
  const { team, mistakes } = read;
  if (!team) return { mistakes, answer: undefined };
  try {
    const answer = await askTopology(host, team, topology);
    return { mistakes: [...mistakes, ...answer.problems.map((problem) => located(read, problem))], answer };
  } catch (error) {
    if ((error as { code?: unknown }).code !== "TOPOLOGY_UNKNOWN" || topology !== undefined) throw error;
    return { mistakes: [...mistakes, read.at(["topology", "id"], (error as Error).message)], answer: undefined };
  }
}

/** `config.edges[0].from: there is no agent "x"` at its place in the file. */
function located({ at }: TeamText, problem: string): Mistake {
  const [, place = "", message = problem] = /^(config[^\s:]*): ([\s\S]*)$/.exec(problem) ?? [];
  const path = place.split(/[.[\]]+/).flatMap((part) => (part === "" ? [] : [/^\d+$/.test(part) ? Number(part) : part]));
  const key = /^Unrecognized key: "([^"]+)"$/.exec(message)?.[1];
  return at(["topology", ...path], key === undefined ? message : `there is no "${key}" here`, key);
}
