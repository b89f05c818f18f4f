import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { OrreryError, Storage, type Team } from "@orrery/sdk";
import type { Host } from "../../boot.ts";
import { SavedTeams } from "../../team/saved-teams.ts";
import { checkTeam } from "../../team/team-check.ts";
import { draftTeam } from "../../team/team-draft.ts";
import { drawTeam } from "../../team/team-drawing.ts";
import { parseTeamText, printed, readTeam, readTeamText, teamInvalid } from "../../team/team-file.ts";
import { teamSchema } from "../../team/team-schema.ts";
import { askTopology } from "../../team/topology-answer.ts";
import { count, table } from "../format.ts";
import { oneLine, Terminal } from "../terminal.ts";
import { type Common, withHost } from "../with-host.ts";

export const savedTeams = (host: Host): SavedTeams => new SavedTeams(host.need(Storage).open("orrery.host.teams"), Date.now);

/** A file's team, else the one saved under that name. Throws TEAM_NOT_FOUND or TEAM_INVALID. */
export const namedTeam = async (host: Host, name: string): Promise<Team> => (existsSync(name) ? readTeam(name) : (await savedTeams(host).need(name)).team);

/** `orrery team new`: a file to begin with, checked by its topology before it is handed over. */
export function make(options: Common & { agents: number; topology: string }, file = ""): Promise<number> {
  return withHost(options, async ({ host, terminal }) => {
    const text = draftTeam(options.agents, options.topology);
    const { mistakes } = await checkTeam(host, await parseTeamText(text), options.topology);
    if (mistakes.length > 0) throw teamInvalid(`a team of ${options.agents} for ${options.topology}`, mistakes);
    if (file) await writeNew(file, text);
    terminal.object({ ...(file ? { file } : {}), text });
    terminal.line(file ? `${file} has a team of ${options.agents}. Next: orrery run "…" --team ${file}` : text.trimEnd());
    return 0;
  });
}

/** `orrery team check`: everything that can be known without a run. 1 when it is no team that can run. */
export function check(options: Common & { topology?: string }, file: string): Promise<number> {
  return withHost(options, async ({ host, terminal }) => {
    const read = await readTeamText(file);
    const { mistakes, answer } = await checkTeam(host, read, options.topology);
    const { team } = read;
    terminal.object({
      file,
      ok: mistakes.length === 0,
      problems: mistakes,
      ...(team ? { team: team.name, agents: team.agents.length } : {}),
      ...(answer ? { topology: answer.id, ...(answer.predicted ? { predicted: answer.predicted } : {}) } : {}),
    });
    for (const mistake of mistakes) terminal.line(`${file}: ${printed(mistake)}`);
    if (mistakes.length === 0 && team && answer?.predicted) {
      const { min, expected, max } = answer.predicted;
      terminal.line(
        `${team.name}: ${count(team.agents.length, "agent")}, ${answer.id}, ${min === max ? min : `${min} to ${max} (${expected} expected)`} calls`,
      );
    }
    return mistakes.length === 0 ? 0 : 1;
  });
}

/** `orrery team draw`: Mermaid text on stdout. */
export function draw(options: Common & { topology?: string }, name: string): Promise<number> {
  return withHost(options, async ({ host, terminal }) => {
    const team = await namedTeam(host, name);
    const { id, problems, edges = [] } = await askTopology(host, team, options.topology);
    if (problems.length > 0)
      throw new OrreryError("TOPOLOGY_CONFIG", `Topology "${id}" cannot run the team "${team.name}": ${problems.join("; ")}`, {
        todo: `\`orrery team check ${name}\` names the lines.`,
      });
    const mermaid = drawTeam(team, id, edges);
    terminal.object({ topology: id, edges, mermaid });
    terminal.line(mermaid.trimEnd());
    return 0;
  });
}

/** `orrery team schema`: the file's JSON Schema, with or without --json. */
export async function schema(options: Common): Promise<number> {
  const found = teamSchema();
  const terminal = new Terminal(options);
  terminal.object(found);
  terminal.line(JSON.stringify(found, null, 2));
  return 0;
}

/** `orrery team save`. */
export function save(options: Common & { name?: string }, file: string): Promise<number> {
  return withHost(options, async ({ host, terminal }) => {
    const { team, versions } = await savedTeams(host).save(await readTeam(file), options.name);
    terminal.object({ name: team.name, versions: versions.length });
    terminal.line(`saved "${team.name}" (${count(versions.length, "version")}). Run it: orrery run "…" --team ${JSON.stringify(team.name)}`);
    return 0;
  });
}

/** `orrery team list`. */
export function list(options: Common): Promise<number> {
  return withHost(options, async ({ host, terminal }) => {
    const teams = await savedTeams(host).list();
    terminal.object({
      teams: teams.map(({ team, savedAt, versions }) => ({
        name: team.name,
        agents: team.agents.map(({ id }) => id),
        topology: team.topology?.id,
        savedAt,
        versions: versions.length,
      })),
    });
    if (teams.length === 0) terminal.line("No teams are saved. Try: orrery team new team.yaml, then orrery team save team.yaml");
    const rows = teams.map(({ team, savedAt, versions }) => [
      oneLine(team.name, 40),
      count(team.agents.length, "agent"),
      team.topology?.id ?? "any topology",
      new Date(savedAt).toISOString().slice(0, 16).replace("T", " "),
      count(versions.length, "version"),
    ]);
    for (const line of table(rows)) terminal.line(line);
    return 0;
  });
}

/** `orrery team show`: a saved team, or an earlier version of it, as YAML. */
export function show(options: Common & { at?: number }, name: string): Promise<number> {
  return withHost(options, async ({ host, terminal }) => {
    const { versions } = await savedTeams(host).need(name);
    const at = options.at ?? versions.length;
    const found = versions[at - 1];
    if (!found) throw new OrreryError("TEAM_NOT_FOUND", `"${name}" has no version ${at}`, { todo: `It has 1 to ${versions.length}.` });
    terminal.object({ name, version: at, versions: versions.map(({ savedAt }) => savedAt), team: found.team });
    if (!terminal.json) terminal.line((await import("yaml")).stringify(found.team).trimEnd());
    return 0;
  });
}

/** `orrery team remove`. */
export function remove(options: Common, name: string): Promise<number> {
  return withHost(options, async ({ host, terminal }) => {
    await savedTeams(host).remove(name);
    terminal.object({ removed: name });
    terminal.line(`"${name}" is no longer saved; its runs are kept.`);
    return 0;
  });
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: "wx" });
  } catch (cause) {
    const there = (cause as { code?: unknown }).code === "EEXIST";
    throw new OrreryError(there ? "OUT_NOT_EMPTY" : "OUT_UNWRITABLE", `${file} ${there ? "is there already" : "cannot be written"}`, {
      todo: "Give another name.",
      cause,
    });
  }
}
