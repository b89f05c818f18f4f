import type { Command } from "commander";
import type { MakeCommand } from "./program.ts";

type Parse = (text: string) => number;

/** `orrery team …` and `orrery agents …`. */
export function teamCommands(program: Command, command: MakeCommand, parse: { agents: Parse; positive: Parse }): void {
  const load = () => import("./commands/team.ts");
  const topology = (made: Command) => made.option("--topology <id>", "as this topology sees it, instead of the file's own");

  const team = command(
    program,
    "team",
    "Write, check, draw and keep teams of agents",
    ["orrery team new team.yaml --agents 4 --topology dag", "orrery team check team.yaml", "orrery team draw team.yaml --topology debate"],
    async () => (await load()).list,
  );
  command(team, "new [file]", "Write a team file to begin with; without a name, on stdout", ["orrery team new team.yaml"], async () => (await load()).make)
    .option("--agents <n>", "how many agents", parse.agents, 3)
    .option("--topology <id>", "how they work together", "sequential");
  topology(
    command(
      team,
      "check <file>",
      "Say what is wrong with a team file, line by line",
      ["orrery team check team.yaml", "orrery team check team.yaml --json"],
      async () => (await load()).check,
    ),
  );
  topology(
    command(
      team,
      "draw <file>",
      "Draw who hears whom, as Mermaid text; a file or a saved team",
      ["orrery team draw team.yaml"],
      async () => (await load()).draw,
    ),
  );
  command(team, "schema", "Print the JSON Schema of a team file, for an editor", ["orrery team schema > team.schema.json"], async () => (await load()).schema);
  command(team, "list", "List saved teams", ["orrery team list --json"], async () => (await load()).list);
  command(team, "save <file>", "Keep a team under its name; earlier versions stay", ["orrery team save team.yaml"], async () => (await load()).save).option(
    "--name <name>",
    "under this name instead of the file's",
  );
  command(team, "show <name>", "Print a saved team", ['orrery team show "my team" --at 1'], async () => (await load()).show).option(
    "--at <version>",
    "an earlier version of it, from 1",
    parse.positive,
  );
  command(team, "remove <name>", "Keep a team no longer; its runs stay", ['orrery team remove "my team"'], async () => (await load()).remove);

  const limit = (made: Command) => made.option("--limit <n>", "looking at so many runs, newest first", parse.positive, 200);
  const agents = limit(
    command(
      program,
      "agents",
      "List agents: the runs they took part in, what they cost, how they were judged, what they remember",
      ["orrery agents", "orrery agents show writer"],
      async () => (await import("./commands/agents.ts")).list,
    ),
  );
  limit(
    command(
      agents,
      "show <name>",
      "Show one agent's runs and what it remembers; as team/agent where teams share names",
      ["orrery agents show writer", 'orrery agents show "my team/writer" --json'],
      async () => (await import("./commands/agents.ts")).show,
    ),
  );
  limit(
    command(
      agents,
      "forget <name>",
      "Have an agent forget what it remembers; its runs stay",
      ["orrery agents forget writer", 'orrery agents forget "my team/writer" --memory ep_01j…'],
      async () => (await import("./commands/agents.ts")).forget,
    ),
  ).option("--memory <episode>", "this and nothing else");
}
