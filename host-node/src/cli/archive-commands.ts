import { type Command, InvalidArgumentError } from "commander";
import type { MakeCommand } from "./program.ts";

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const whole = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError(`a whole number, not "${text}".`);
  return Number(text);
};
const time = (text: string): number => {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)([mhd])$/.exec(text) ?? [];
  const ms = Number(number) * (unitMs[unit] ?? Number.NaN);
  if (number === "" || !Number.isFinite(ms)) throw new InvalidArgumentError(`a time as 30d, 12h or 90m, not "${text}".`);
  return ms;
};
const unitBytes: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9 };
const room = (text: string): number => {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)(kB|MB|GB)$/i.exec(text) ?? [];
  const bytes = Number(number) * (Object.entries(unitBytes).find(([name]) => name.toLowerCase() === unit.toLowerCase())?.[1] ?? Number.NaN);
  if (number === "" || !Number.isFinite(bytes)) throw new InvalidArgumentError(`a size as 500MB, 2GB or 40kB, not "${text}".`);
  return bytes;
};

/** What is done with runs that are over, beside looking at them. */
export function archiveCommands(runs: Command, command: MakeCommand): void {
  const archive = () => import("./commands/archive.ts");
  command(
    runs,
    "export <run>",
    "Write a run to a file: its entries with their hash chain, and the files its agents wrote",
    ["orrery runs export run_01j…", "orrery runs export run_01j… --out ./launch.jsonl --sign"],
    async () => (await archive()).exportRun,
  )
    .option("--out <file>", "its name; the run's own with .jsonl when absent")
    .option("--sign", "sign its head with your key, as `orrery plugin keygen` made it")
    .option("--key <file>", "sign it with the key in this file");
  command(
    runs,
    "import <file>",
    "Keep the run of such a file, once its chain was checked; over no other run",
    ["orrery runs import ./launch.jsonl", "orrery runs import ./launch.jsonl --signer SHA256:…"],
    async () => (await archive()).importRun,
  ).option("--signer <fingerprint>", "it must be signed by this key");
  command(
    runs,
    "prune",
    "Take out runs that are over, with their files; the settings say which when no option does",
    ["orrery runs prune --older-than 30d --dry-run", "orrery runs prune --keep 200", "orrery runs prune --bytes 2GB"],
    async () => (await archive()).prune,
  )
    .option("--older-than <time>", "those that ended longer ago, as 30d, 12h or 90m", time)
    .option("--keep <n>", "those beyond the newest so many; with --older-than, what is one and the other", whole)
    .option("--bytes <size>", "in any case, those beyond the newest that have room in so much, as 500MB or 2GB; the newest stays", room)
    .option("--dry-run", "say which would go, and take nothing out");
}
