import type { z } from "zod";

const most = 10;

/** What is wrong with a request, each thing with its place; in a team as the check of a team file says it. */
export async function wordsOf({ issues }: z.ZodError): Promise<string> {
  const said: string[] = [];
  for (const issue of issues.slice(0, most)) {
    const place = issue.path.map(String).join(".");
    const team = issue.path.indexOf("team");
    if (issue.code === "unrecognized_keys" && team >= 0) {
      const { unknownKey } = await import("../team/team-file.ts");
      for (const key of issue.keys) said.push(`${place}.${key}: ${unknownKey(key, issue.path.slice(team + 1))}`);
    } else said.push(`${place || "it"}: ${issue.message}`);
  }
  return said.join("; ");
}
