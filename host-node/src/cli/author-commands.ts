import type { Command } from "commander";
import type { MakeCommand } from "./program.ts";

/** `orrery plugin dev` and `test`: what an author does until there is something to pack. */
export function authorCommands(plugin: Command, command: MakeCommand, many: (value: string, before?: string[]) => string[]): void {
  const load = () => import("./commands/author.ts");
  command(
    plugin,
    "dev [dir]",
    "Run a plugin in its sandbox while you write it: loads it anew at each change and shows its hooks firing",
    ["orrery plugin dev", 'orrery plugin dev ./acme-hello --task "Say hello"', "orrery plugin dev --attach", "orrery plugin dev --deny model.call"],
    async () => (await load()).dev,
  )
    .option("--attach", "load it into the server that runs, and show its hooks firing in the runs there")
    .option("--task <text>", "run this task after each load; default: the example, and none with --attach")
    .option("--no-run", "run no task")
    .option("--once", "load and run once, and exit: 0 when it loaded")
    .option("--deny <capability>", "as if whoever installs it denied this; may be repeated", many);
  command(
    plugin,
    "test [dir]",
    "Run the tests beside a plugin with it in the kernel's realm, in the sandbox of Node and in that of a browser's tab",
    ["orrery plugin test", "orrery plugin test ./acme-hello --json", "orrery plugin test --realm kernel --realm tab"],
    async () => (await load()).test,
  ).option("--realm <name>", "kernel, sandbox or tab, and only that; may be repeated; default: all that are here", many);
}
