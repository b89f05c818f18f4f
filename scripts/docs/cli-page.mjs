import { describe } from "../../host-node/src/cli/program.ts";

/** docs/cli.md: each command's own help. */
export function cliPage() {
  const program = describe(() => async () => {}, false);
  const lines = [
    "# The command line",
    "",
    "Generated from the commands themselves by `node scripts/docs.mjs`; do not edit.",
    "",
    "In a clone the command is `node_modules/.bin/orrery` after `npm start`. It ends with 0 when the task was accepted, 2 when it was rejected or waits for a person, 3 when it went over its budget, 1 on an error.",
    "",
    "```",
    helpOf(program),
    "```",
    "",
  ];
  const walk = (command, name) => {
    for (const each of command.commands) {
      if (each.name() === "help") continue;
      const full = `${name} ${each.name()}`;
      lines.push(`## ${full}`, "", "```", helpOf(each), "```", "");
      walk(each, full);
    }
  };
  walk(program, "orrery");
  return lines.join("\n");
}

function helpOf(command) {
  let text = "";
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
    getOutHelpWidth: () => 110,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return text.trim();
}
