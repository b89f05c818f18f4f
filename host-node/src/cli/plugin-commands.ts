import { type Command, InvalidArgumentError } from "commander";
import { budgetFormat, readBudget } from "./budget-flag.ts";
import type { MakeCommand } from "./program.ts";

/** `orrery plugin …`: what is loaded, what was installed, and what is published. Returns the command itself. */
export function pluginCommands(program: Command, command: MakeCommand, many: (value: string, before?: string[]) => string[]): Command {
  const load = () => import("./commands/plugins.ts");
  const packages = () => import("./commands/packages.ts");
  const publish = () => import("./commands/publish.ts");

  const plugin = command(
    program,
    "plugin",
    "List, install, make and sign plugins",
    ["orrery plugin list", "orrery plugin install acme.signature-1.0.0.tgz", "orrery plugin inspect orrery.cost"],
    async () => (await load()).list,
  ).alias("plugins");
  command(plugin, "list", "List plugins and their state", ["orrery plugin list --json"], async () => (await load()).list);
  command(
    plugin,
    "inspect <id>",
    "Show what a plugin requires, provides, taps, may do and did",
    ["orrery plugin inspect orrery.runner"],
    async () => (await load()).inspect,
  );
  command(plugin, "explain <hook>", "Show who taps a hook, in which order, and why", ["orrery plugin explain task.route"], async () => (await load()).explain);

  const sums = (text: string) => {
    const budget = readBudget(text);
    if (budget) return budget;
    throw new InvalidArgumentError(`${budgetFormat}, not "${text}".`);
  };
  const consenting = (made: Command) =>
    made
      .option("--grant <names>", 'grant these capabilities, separated by commas, or "none"; may be repeated', many)
      .option("--grant-all", "grant everything it asks for, its budget included")
      .option("--budget <usd>", 'let it spend at most so much on models a run and a day, as 0.05,0.50, or "none"', sums)
      .option("--allow-unsigned", "take one that is not signed")
      .option("--allow-new-key", "take one that is signed by another key than the installed one")
      .option("--force", "take an older version, or other contents under the same number");
  consenting(
    command(
      plugin,
      "install <source>",
      "Install a package into the sandbox: shows what it wants, and asks",
      [
        "orrery plugin install acme.signature-1.0.0.tgz",
        "orrery plugin install https://example.com/acme.signature-1.0.0.tgz",
        "orrery plugin install acme.signature-1.0.0.tgz --grant storage:1KB --json",
      ],
      async () => (await packages()).install,
    ),
  );
  consenting(
    command(
      plugin,
      "update <source>",
      "Put another version in an installed package's place: what was granted stays, what is new is asked for",
      ["orrery plugin update acme.signature-1.1.0.tgz"],
      async () => (await packages()).update,
    ),
  );
  command(
    plugin,
    "remove <id>",
    "Remove an installed package with everything it kept",
    ["orrery plugin remove acme.signature"],
    async () => (await packages()).remove,
  );
  command(
    plugin,
    "resume <id>",
    "Let a plugin out of quarantine, and start it anew",
    ["orrery plugin resume acme.signature"],
    async () => (await packages()).resume,
  );
  command(
    plugin,
    "rollback <id>",
    "Put the version before the installed one back, with what it was granted then",
    ["orrery plugin rollback acme.signature"],
    async () => (await packages()).rollback,
  );
  const usd = (text: string): number => {
    const sum = /^\$?\d{1,4}(\.\d{1,9})?$/.test(text) ? Number(text.replace("$", "")) : text === "none" ? 0 : undefined;
    if (sum === undefined) throw new InvalidArgumentError(`US dollars, as 0.05, or "none", not "${text}".`);
    return sum;
  };
  command(
    plugin,
    "budget <id>",
    "Show what an installed plugin may spend on models, or change it",
    ["orrery plugin budget acme.signature", "orrery plugin budget acme.signature --run 0.05 --day 0.50", "orrery plugin budget acme.signature --day none"],
    async () => (await packages()).budget,
  )
    .option("--run <usd>", "at most so much a run", usd)
    .option("--day <usd>", "at most so much a day (UTC)", usd);
  command(
    plugin,
    "audit [id]",
    "Show what installed packages asked for, may do, used and were refused, over all runs",
    ["orrery plugin audit", "orrery plugin audit acme.signature --json", "orrery plugin audit --repair"],
    async () => (await packages()).audit,
  ).option("--repair", "put a damaged list of what is installed back first; the damaged file is kept");

  command(
    plugin,
    "pack [source]",
    "Pack a plugin's folder or file",
    ["orrery plugin pack ./acme-greeter", "orrery plugin pack greeter.js --out greeter.tgz --sign"],
    async () => (await publish()).pack,
  )
    .option("--out <file>", "write it there; default: ID-VERSION.tgz here")
    .option("--sign", "sign it with your key")
    .option("--key <file>", "sign it with the key in this file");
  command(
    plugin,
    "keygen",
    "Make a key to sign with",
    ["orrery plugin keygen", "orrery plugin keygen --out acme-key.json"],
    async () => (await publish()).keygen,
  ).option("--out <file>", "keep it there; default: publisher-key.json in the data folder");
  command(plugin, "sign <file>", "Sign a package, in place", ["orrery plugin sign acme.signature-1.0.0.tgz"], async () => (await publish()).sign)
    .option("--key <file>", "the file keygen made; default: publisher-key.json in the data folder")
    .option("--out <file>", "write the signed package there instead");
  command(
    plugin,
    "verify <source>",
    "Check a package's files and signature, without installing it",
    ["orrery plugin verify acme.signature-1.0.0.tgz", "orrery plugin verify acme.signature-1.0.0.tgz --signer SHA256:…"],
    async () => (await publish()).verify,
  ).option("--signer <fingerprint>", "it must be signed by this key");
  return plugin;
}
