import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { archiveCommands } from "./archive-commands.ts";
import { authorCommands } from "./author-commands.ts";
import { version } from "../version.ts";
import { pluginCommands } from "./plugin-commands.ts";
import { steeringCommands } from "./steering-commands.ts";
import { teamCommands } from "./team-commands.ts";
import { Terminal } from "./terminal.ts";

type Action = (options: never, ...rest: string[]) => Promise<number>;

/** How `orrery runs` may ask for runs; the SDK's own words, which this file does not load. */
const standings = ["unfinished", "running", "paused", "interrupted", "waiting", "accepted", "rejected", "over_budget", "failed", "cancelled"];
const many = (value: string, before: string[] = []): string[] => [...before, value];
const number = (what: string, least: number, whole: boolean) => (text: string) => {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < least || (whole && !Number.isInteger(value)))
    throw new InvalidArgumentError(`${what}, not "${text}".`);
  return value;
};

/** Parses, runs, and sets the exit code. Never throws, never shows a stack unless ORRERY_DEBUG is set. */
export async function main(argv: string[]): Promise<void> {
  const json = argv.includes("--json");
  let exitCode = 0;
  const program = describe(
    (work) =>
      async (options, ...rest) => {
        exitCode = await (await work())(options as never, ...rest);
      },
    json,
  );
  try {
    await program.parseAsync(literalTask(argv), { from: "user" });
  } catch (thrown) {
    if (thrown instanceof CommanderError) {
      // Help and version have been written; a mistake has been said by commander, except under --json.
      exitCode = thrown.exitCode === 0 ? 0 : 1;
      if (exitCode !== 0) new Terminal({ json }).fail(usage(thrown));
    } else {
      exitCode = 1;
      new Terminal({ json }).fail(thrown);
    }
  }
  process.exitCode = exitCode;
}

/** `orrery run -- show`: what follows `--` is the task, whatever it looks like. */
function literalTask(argv: string[]): string[] {
  const at = argv.indexOf("--");
  return argv[0] === "run" && at > 0 ? [...argv.slice(0, at), "--task", argv.slice(at + 1).join(" ")] : argv;
}

function usage(thrown: CommanderError): Error {
  const message = thrown.message.replace(/^error: /, "");
  return Object.assign(new Error(message), { name: "KernelError", code: "USAGE", do: "Add --help to see what the command takes." });
}

/** Adds a command: its signature, what it does, examples of it, and the module that does it. */
export type MakeCommand = (parent: Command, signature: string, about: string, examples: string[], work: () => Promise<Action>) => Command;
type Lazy = (work: () => Promise<Action>) => (options: object, ...rest: string[]) => Promise<void>;

/** Every command with its options, without doing anything: `lazy` says what an action does. */
export function describe(lazy: Lazy, json: boolean): Command {
  const program = new Command("orrery")
    .description("An operating layer for teams of AI agents: teams that check one another, stay in a budget and show their work.")
    .version(version, "-V, --version", "print the version")
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeErr: () => {}, ...(json ? { outputError: () => {} } : {}) })
    .addHelpText("after", example("orrery start", 'orrery run "What changed, and what did it cost?" --docs ./notes'));

  const command: MakeCommand = (parent, signature, about, examples, work) => {
    const made = parent
      .command(signature)
      .description(about)
      .addHelpText("after", example(...examples));
    shared(made);
    // Commander hands over (…arguments, options, command).
    made.action(async (...given: unknown[]) => {
      const arguments_ = given.slice(0, -2).map((each) => (each === undefined ? "" : String(each)));
      await lazy(work)(made.optsWithGlobals(), ...arguments_);
    });
    return made;
  };

  const run = command(
    program,
    "run [task]",
    "Give a task to a team of agents",
    [
      'orrery run "How are errors isolated?" --docs ./docs',
      'orrery run "And what are the limits?" --thread thread_01j… --json',
      "orrery run --again run_01j… --model ollama/qwen3:8b",
    ],
    async () => (await import("./commands/run.ts")).run,
  );
  asking(run)
    .option("--task <text>", "the task, where it could be taken for a command")
    .option("--out <dir>", "write report.md and run.json there")
    .option("--again <run>", "run that run's team on its task and documents again, side by side");
  command(
    run,
    "show <id>",
    "Show a run: its report, costs, verdicts and trace",
    ["orrery run show run_01j…", "orrery run show run_01j… --trace --json"],
    async () => (await import("./commands/show.ts")).show,
  ).option("--trace", "every span of its trace");

  steeringCommands(program, run, command);
  command(
    run,
    "files <id> [path]",
    "List the files a run's agents wrote, print one, or save them all",
    ["orrery run files run_01j…", "orrery run files run_01j… notes/plan.md --diff", "orrery run files run_01j… --out ./files"],
    async () => (await import("./commands/files.ts")).files,
  )
    .option("--at <version>", "an earlier version, from 1", number("a whole number above 0", 1, true))
    .option("--diff", "what that version changed")
    .option("--out <dir>", "save the newest versions there");

  const serve = command(
    program,
    "serve",
    "Serve the page and the HTTP API on this machine",
    ["orrery serve", "orrery serve --port 0 --json"],
    async () => (await import("./commands/serve.ts")).serve,
  );
  serving(serve);
  serving(
    command(
      program,
      "start",
      "Start the server, run the example task here, and print the page's address",
      ["orrery start", "orrery start --once"],
      async () => (await import("./commands/start.ts")).start,
    ),
  ).option("--once", "exit after the task");

  const runs = command(
    program,
    "runs",
    "List runs, newest first",
    ["orrery runs", "orrery runs --limit 5 --json", "orrery runs --status failed", "orrery runs --after run_01j…"],
    async () => (await import("./commands/runs.ts")).runs,
  )
    .option("--limit <n>", "at most this many", number("a whole number above 0", 1, true), 20)
    .option("--thread <id>", "of this conversation")
    .addOption(new Option("--status <status>", "those that stand so; unfinished: all without an end").choices(standings))
    .option("--after <run>", "those after this run: the next page");
  archiveCommands(runs, command);
  command(
    program,
    "tools",
    "List the tools a team may give its agents: what each may do, and whether it is allowed here",
    ["orrery tools", 'orrery config set tools.allow \'["calculator","fetch"]\''],
    async () => (await import("./commands/tools.ts")).tools,
  );
  teamCommands(program, command, { agents: number("a whole number from 1 to 64", 1, true), positive: number("a whole number above 0", 1, true) });
  command(
    program,
    "models",
    "List models: connected, found or embedded, with prices",
    ["orrery models", "orrery models --json"],
    async () => (await import("./commands/models.ts")).models,
  );
  command(
    program,
    "connect <provider>",
    "Connect a model host: asks for what is missing, tests it, remembers it",
    ["orrery connect openai", "orrery connect ollama", "orrery connect mine --url http://127.0.0.1:8080/v1 --model my-model"],
    async () => (await import("./commands/connect.ts")).connectProvider,
  )
    .option("--url <url>", "the address of its API")
    .option("--model <id>", "a model it serves; may be repeated", many)
    .option("--key-env <name>", "take the key from this environment variable")
    .option("--key-stdin", "take the key from standard input")
    .option("--no-test", "remember it without trying it")
    .option("--remove", "forget it and its key");

  authorCommands(pluginCommands(program, command, many), command, many);

  const config = command(
    program,
    "config",
    "Show and change settings",
    ["orrery config get", "orrery config set spending.capUsd 0.2", "orrery config path"],
    async () => (await import("./commands/config.ts")).get,
  );
  command(config, "get [key]", "Show all settings, or one", ["orrery config get server.port"], async () => (await import("./commands/config.ts")).get);
  command(
    config,
    "set <key> <value>",
    "Set one; the value is JSON or plain text",
    ["orrery config set server.port 4500"],
    async () => (await import("./commands/config.ts")).set,
  );
  command(config, "unset <key>", "Take one back to its default", ["orrery config unset server.port"], async () => (await import("./commands/config.ts")).unset);
  command(config, "path", "Show where settings, runs and keys are kept", ["orrery config path"], async () => (await import("./commands/config.ts")).path);

  command(
    program,
    "doctor",
    "Check this installation and say what to do",
    ["orrery doctor", "orrery doctor --json"],
    async () => (await import("./commands/doctor.ts")).doctor,
  );
  const conformance = program
    .command("conformance")
    .description("Ask what is installed to keep what is claimed of it")
    .addHelpText("after", example("orrery conformance topologies"));
  command(
    conformance,
    "topologies [id]",
    "Run the specification's claims against every topology that is installed, or against one",
    ["orrery conformance topologies", "orrery conformance topologies ring --plugin ./ring.ts --json"],
    async () => (await import("./commands/conformance.ts")).topologies,
  );
  const create = program.command("create").description("Make something new").addHelpText("after", example("orrery create plugin acme-greeter"));
  command(
    create,
    "plugin <name>",
    "Scaffold a plugin whose tests pass at once",
    ["orrery create plugin acme-greeter", "orrery create plugin acme-cheapest --kind router --dir ./cheapest"],
    async () => (await import("./commands/create.ts")).createPlugin,
  )
    .option("--kind <kind>", "what it begins as: hello (default), router, judge, observer or tool")
    .option("--dir <dir>", "where; default: a new folder of the plugin's name");
  return program;
}

function shared(made: Command): void {
  made
    .option("--json", "print one JSON object and nothing else")
    .option("--home <dir>", "the data folder (default: ORRERY_HOME, else the system's)")
    .option("--plugin <file>", "load this plugin too, with this program's rights; may be repeated", many)
    .option("--no-color", "no colours")
    .exitOverride();
}

function asking(made: Command): Command {
  return made
    .option("--docs <path>", "a file or folder to read; may be repeated", many)
    .option("--topology <id>", "how the team works together: sequential, parallel, dag, debate, mesh, star …")
    .option("--team <file>", "the team: a YAML or JSON file, or the name of a saved one")
    .option("--agents <n>", "a team of at most this many", number("a whole number from 1 to 64", 1, true))
    .option("--model <id>", "every step goes to this model, as provider/model")
    .option("--budget <usd>", "US dollars; agrees to spend up to it", number("dollars, 0 or more", 0, false))
    .option("--thread <id>", "continue this conversation");
}

const serving = (made: Command): Command =>
  made.option("--port <n>", "the port; 0 takes a free one", number("a port, 0 to 65535", 0, true)).option("--host <address>", "the address to listen on");

const example = (...lines: string[]): string => `\nExample${lines.length > 1 ? "s" : ""}:\n${lines.map((line) => `  ${line}`).join("\n")}`;
