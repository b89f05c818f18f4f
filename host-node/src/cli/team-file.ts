import { readFile } from "node:fs/promises";
import { OrreryError, type Team, team } from "@orrery/sdk";

const largest = 1_000_000;

/** Reads and checks a team file (YAML, or JSON, which is YAML). Throws TEAM_INVALID with the line of each mistake. */
export async function readTeam(path: string): Promise<Team> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new OrreryError("TEAM_NOT_FOUND", `the team file ${path} cannot be read`, { todo: "Check the path given with --team.", cause });
  });
  return parseTeam(text, path);
}

export async function parseTeam(text: string, name: string): Promise<Team> {
  const invalid = (lines: string[]) =>
    new OrreryError("TEAM_INVALID", `${name} is not a team:\n${lines.map((line) => `  ${line}`).join("\n")}`, {
      todo: "A team has a name and agents, each with id, role, prompt and skill, and may have a topology with an id.",
    });
  if (text.length > largest) throw invalid([`it has ${text.length} characters; ${largest} is the most`]);
  const { LineCounter, parseDocument } = await import("yaml");
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  if (document.errors.length > 0) {
    throw invalid(document.errors.map(({ pos, message }) => `line ${lineCounter.linePos(pos[0]).line}: ${message}`));
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw invalid([error instanceof Error ? error.message : String(error)]);
  }
  const parsed = team.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(
    parsed.error.issues.map(({ path, message }) => {
      const line = lineOf(path);
      return `${line === undefined ? "" : `line ${line}: `}${path.map(String).join(".") || "it"}: ${message}`;
    }),
  );

  /** The line of the value, or of what should have held it. */
  function lineOf(path: readonly PropertyKey[]): number | undefined {
    for (let length = path.length; length >= 0; length--) {
      const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      if (typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range)) return lineCounter.linePos(node.range[0]).line;
    }
    return undefined;
  }
}
