import { readFile, stat } from "node:fs/promises";
import { OrreryError, type Team, team } from "@orrery/sdk";
import type { Document } from "yaml";
import type { z } from "zod";
import { mostDepth } from "../server/json-depth.ts";
import { nearest } from "./nearest.ts";
import { keysAt } from "./team-schema.ts";

const largest = 1_000_000;
const mostMistakes = 50;

type Path = readonly PropertyKey[];
/** One thing that is wrong with a team file, and where. */
export interface Mistake {
  line?: number;
  /** As `agents.1.id`; empty for the file as a whole. */
  place: string;
  message: string;
}
/** A team file as far as it could be read. */
export interface TeamText {
  team: Team | undefined;
  mistakes: Mistake[];
  /** A mistake at a place of the file, with its line: of the value, or of what should have held it. `key`: of that key there. */
  at(path: Path, message: string, key?: string): Mistake;
}

/** Reads and checks a team file (YAML, or JSON, which is YAML). Throws TEAM_NOT_FOUND, or TEAM_INVALID with the line of each mistake. */
export async function readTeam(path: string): Promise<Team> {
  return needTeam(await readTeamText(path), path);
}
/** The team of a text. Throws TEAM_INVALID with the line of each mistake. */
export const parseTeam = async (text: string, name: string): Promise<Team> => needTeam(await parseTeamText(text), name);

/** The file, however wrong it is. Throws TEAM_NOT_FOUND. What is too large is not read. */
export async function readTeamText(path: string): Promise<TeamText> {
  try {
    const { size } = await stat(path);
    return size > largest ? tooLarge(size, "bytes") : parseTeamText(await readFile(path, "utf8"));
  } catch (cause) {
    throw new OrreryError("TEAM_NOT_FOUND", `the team file ${path} cannot be read`, { todo: "Check the path given with --team.", cause });
  }
}

export async function parseTeamText(text: string): Promise<TeamText> {
  if (text.length > largest) return tooLarge(text.length, "characters");
  const { isMap, isScalar, LineCounter, parseDocument, visit } = await import("yaml");
  const lineCounter = new LineCounter();
  const lineAt = (offset: number) => lineCounter.linePos(offset).line;
  let document: Document.Parsed;
  try {
    document = parseDocument(text, { lineCounter, prettyErrors: false });
  } catch (error) {
    // Brackets without end exhaust the parser's stack.
    if (error instanceof RangeError) return whole(tooDeep);
    throw error;
  }

  const at: TeamText["at"] = (path, message, key) => {
    const place = [...path, ...(key === undefined ? [] : [key])].map(String).join(".");
    for (let length = path.length; length >= 0; length--) {
      const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      const pair = key !== undefined && length === path.length && isMap(node) && node.items.find((each) => isScalar(each.key) && each.key.value === key);
      const range = rangeOf(pair ? pair.key : node);
      if (range) return { line: lineAt(range[0]), place, message };
    }
    return { place, message };
  };
  const known = (mistakes: Mistake[], found?: Team): TeamText => ({ team: found, mistakes: mistakes.slice(0, mostMistakes), at });
  if (document.errors.length > 0) return known(document.errors.map(({ pos, message }) => ({ line: lineAt(pos[0]), place: "", message: sentence(message) })));

  const refused: Mistake[] = [];
  visit(document, {
    Node: (_, node, ancestors) => {
      // A pair is a level of its own to the visitor.
      if (ancestors.filter((each) => rangeOf(each)).length <= mostDepth) return undefined;
      refused.push({ line: lineAt(rangeOf(node)?.[0] ?? 0), place: "", message: tooDeep });
      return visit.BREAK;
    },
    Pair: (_, { key }) => {
      if (isScalar(key) && key.value === "__proto__")
        refused.push({ line: lineAt(key.range?.[0] ?? 0), place: "", message: 'the key "__proto__" is not taken' });
    },
  });
  if (refused.length > 0) return known(refused);

  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return known([{ place: "", message: error instanceof Error ? error.message : String(error) }]);
  }
  const parsed = team.safeParse(withoutSchema(value));
  return parsed.success
    ? known([], parsed.data)
    : known(
        parsed.error.issues.flatMap((issue) =>
          issue.code === "unrecognized_keys" ? issue.keys.map((key) => at(issue.path, unknownKey(key, issue.path), key)) : [at(issue.path, said(issue))],
        ),
      );
}

/** Names a key that is not known, and the one that may have been meant. */
export function unknownKey(key: string, path: Path): string {
  const keys = keysAt(path) ?? [];
  const meant = nearest(key, keys);
  return meant ? `there is no "${key}" here; did you mean "${meant}"?` : `there is no "${key}" here; there are: ${keys.join(", ")}`;
}

export const printed = ({ line, place, message }: Mistake): string => `${line === undefined ? "" : `line ${line}: `}${place ? `${place}: ` : ""}${message}`;

function needTeam({ team: found, mistakes }: TeamText, name: string): Team {
  if (found && mistakes.length === 0) return found;
  throw teamInvalid(name, mistakes);
}

export const teamInvalid = (name: string, mistakes: readonly Mistake[]): OrreryError =>
  new OrreryError("TEAM_INVALID", `${name} is not a team:\n${mistakes.map((mistake) => `  ${printed(mistake)}`).join("\n")}`, {
    todo: "Correct these lines; `orrery team new` writes a team to begin with, and `orrery team schema` helps an editor.",
  });

const tooDeep = `it nests more than ${mostDepth} levels deep`;
const whole = (message: string): TeamText => ({ team: undefined, mistakes: [{ place: "", message }], at: (_, text) => ({ place: "", message: text }) });
const tooLarge = (size: number, unit: string): TeamText => whole(`it has ${size} ${unit}; ${largest} is the most`);

const said = ({ message }: z.core.$ZodIssue): string => message.replace(/^Invalid input: /, "");
/** The parser's message without the place it repeats. */
const sentence = (message: string): string => message.replace(/ at line \d+, column \d+:?[\s\S]*$/, "");

function rangeOf(node: unknown): readonly [number, number, number] | undefined {
  return typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range) ? (node.range as [number, number, number]) : undefined;
}

/** `$schema` tells an editor where the schema is, and nobody else anything. */
function withoutSchema(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("$schema" in value)) return value;
  const { $schema: _, ...rest } = value;
  return rest;
}
