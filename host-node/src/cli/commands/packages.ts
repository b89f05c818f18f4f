import { open } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { type InstalledPackage, OrreryError, type PackageAudit } from "@orrery/sdk";
import { budgetWords, packageLimits } from "@orrery/sdk/package";
import { askServer } from "../../client/remote.ts";
import type { Repaired } from "../../packages/repair-lockfile.ts";
import { table } from "../format.ts";
import { askConsent, type ConsentFlags, showPackage } from "../permission-prompt.ts";
import { oneLine } from "../terminal.ts";
import { type Common, withHost } from "../with-host.ts";

/** `orrery plugin install`: ends with 2 when a person says no. */
export async function install(options: Common & ConsentFlags, source: string): Promise<number> {
  return take(options, source, false);
}

/** `orrery plugin update`: what was granted stays; what is new is asked for. */
export async function update(options: Common & ConsentFlags, source: string): Promise<number> {
  return take(options, source, true);
}

async function take(options: Common & ConsentFlags, source: string, updates: boolean): Promise<number> {
  const bytes = await readSource(source);
  return withHost(options, async ({ client, terminal }) => {
    const report = await client.inspectPackage(bytes);
    if (updates && !report.changes)
      throw new OrreryError("PACKAGE_UNKNOWN", `no package "${report.id}" is installed to be updated`, { todo: `Install it: orrery plugin install ${source}` });
    showPackage(terminal, report);
    const consent = await askConsent(terminal, report, options, updates);
    if (!consent) {
      terminal.line("Nothing was changed.");
      return 2;
    }
    const installed = await client.installPackage(bytes, consent);
    terminal.object(installed);
    terminal.line(`${installed.id} ${installed.version} is installed. It may: ${mayOf(installed)}.`);
    if (installed.problem) terminal.line(terminal.colours.yellow(oneLine(`It is not running: ${installed.problem.code} ${installed.problem.message}`, 1_000)));
    terminal.line("A server that is running takes it up by itself.");
    return 0;
  });
}

/** `orrery plugin remove`. */
export function remove(options: Common, id: string): Promise<number> {
  return withHost(options, async ({ client, terminal }) => {
    await client.removePackage(id);
    terminal.object({ removed: id });
    terminal.line(`${id} is removed, with everything it kept.`);
    return 0;
  });
}

/** `orrery plugin resume`. */
export function resume(options: Common, id: string): Promise<number> {
  return withHost(options, async ({ client, terminal }) => {
    await client.resumePackage(id);
    const problem = (await client.packages()).find((each) => each.id === id)?.problem;
    terminal.object({ resumed: id, ...(problem ? { problem } : {}) });
    terminal.line(`${id} is out of quarantine.`);
    if (problem) terminal.line(terminal.colours.yellow(oneLine(`It is not running: ${problem.code} ${problem.message}`, 1_000)));
    terminal.line("A server that is running starts it again by itself; one that came as a file starts with the next process.");
    return 0;
  });
}

/** `orrery plugin rollback`. */
export function rollback(options: Common, id: string): Promise<number> {
  return withHost(options, async ({ client, terminal }) => {
    const installed = await client.rollbackPackage(id);
    terminal.object(installed);
    terminal.line(`${id} is ${installed.version} again. It may: ${mayOf(installed)}.`);
    return 0;
  });
}

/** `orrery plugin budget`: shows it, or changes it where the plugin is at work: in the server, when one runs. */
export function budget({ run, day, ...options }: Common & { run?: number; day?: number }, id: string): Promise<number> {
  return withHost(options, async ({ client, host, terminal }) => {
    if (run !== undefined || day !== undefined) {
      const sums = { ...(run === undefined ? {} : { runUsd: run }), ...(day === undefined ? {} : { dayUsd: day }) };
      if (!(await askServer(host.home, "PATCH", `/api/packages/${encodeURIComponent(id)}/budget`, sums))) await client.setPackageBudget(id, sums);
    }
    const audited = await client.packageAudit(id);
    terminal.object({ id, budget: audited.budget ?? null, changes: audited.changes.filter(({ what }) => what === "budget") });
    for (const line of audited.budget ? budgetLines(audited.budget) : [`${id} asks for no budget: it pays for no model.`]) terminal.line(line);
    return 0;
  });
}

/** `orrery plugin audit`: of one package, or of all. */
export function audit({ repair, ...options }: Common & { repair?: boolean }, id: string): Promise<number> {
  return withHost(options, async ({ client, host, terminal }) => {
    const repaired = repair ? await (await host.packages()).repair() : undefined;
    if (repair) for (const line of repairLines(repaired)) terminal.line(line);
    const ids = id === "" ? (await client.packages()).map((each) => each.id) : [id];
    const audits = await Promise.all(ids.map((each) => client.packageAudit(each)));
    terminal.object({ ...(repair ? { repaired: repaired ?? null } : {}), audits });
    if (audits.length === 0) terminal.line("No package is installed.");
    for (const each of audits) {
      terminal.line(
        `${terminal.colours.bold(`${each.id} ${each.version}`)}  counted since ${new Date(each.since).toISOString().slice(0, 16).replace("T", " ")}`,
      );
      const rows = each.capabilities.map(({ name, declared, granted, usedAt, denials }) => [
        oneLine(name, 200),
        declared ? (granted ? "granted" : "denied") : "never asked for",
        usedAt === undefined ? "not used" : `used ${new Date(usedAt).toISOString().slice(0, 10)}`,
        denials > 0 ? `refused ${denials} times` : "",
      ]);
      for (const line of table(rows.length > 0 ? rows : [["It asks for nothing."]])) terminal.line(`  ${line}`);
      if (each.budget) for (const line of budgetLines(each.budget)) terminal.line(`  ${line}`);
      for (const { at, by, what, detail } of each.changes)
        terminal.line(`  ${new Date(at).toISOString().slice(0, 16).replace("T", " ")}  ${oneLine(by)} changed its ${what}: ${oneLine(detail, 500)}`);
    }
    return 0;
  });
}

const mayOf = ({ granted, budget }: InstalledPackage): string =>
  [...granted, ...(budget ? [budgetWords(budget.granted)] : [])].join(", ") || "nothing it asked for";

/** What it asked to spend, what of it was granted and holds, and what is gone today. */
function budgetLines({ asked, granted, holds, spentTodayUsd }: NonNullable<PackageAudit["budget"]>): string[] {
  const spent = Number(spentTodayUsd.toPrecision(3));
  return [
    `asked to ${budgetWords(asked)}; was granted to ${budgetWords(granted)}`,
    ...(budgetWords(holds) === budgetWords(granted) ? [] : [`with the setting spending.plugins it may ${budgetWords(holds)}`]),
    `spent today: $${spent} of $${holds.dayUsd}`,
  ];
}

function repairLines(repaired: Repaired | undefined): string[] {
  if (!repaired) return ["The list of what is installed is sound: nothing was changed."];
  const { kept, from, packages } = repaired;
  const there = packages.join(", ") || "nothing";
  return [
    `The damaged list is kept as ${kept}.`,
    from === "copy"
      ? `Put back from its copy, with everything as it was granted: ${there}.`
      : `Its copy was damaged as well. Found by their archives: ${there}. What they were granted is lost: they are granted nothing, and not started until you install them anew or say \`orrery plugin resume ID\`.`,
  ];
}

/** How `orrery plugin list` shows the ones that were installed. */
export const packageRows = (packages: readonly InstalledPackage[]): string[][] =>
  packages.map((each) => [
    each.id,
    each.version,
    each.signer ?? "UNSIGNED",
    oneLine([stateOf(each), each.problem ? `${each.problem.code} ${each.problem.message}` : `may: ${mayOf(each)}`].filter(Boolean).join("; "), 600),
  ]);

/** What is otherwise than it was installed. */
const stateOf = ({ id, version, running, held, previous }: InstalledPackage): string => {
  if (held) return "QUARANTINED";
  if (running === undefined) return "";
  const back = previous ? `; orrery plugin rollback ${id} goes back to ${previous.version}` : "";
  return `INSTALLED ${version}, RUNNING ${running}${back}`;
};

/** Bytes of a package from a file or an address. Throws PACKAGE_NOT_FOUND and what `fetchPackage` throws. */
export async function readSource(source: string): Promise<Uint8Array> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(source)) return (await import("../../packages/fetch-package.ts")).fetchPackage(source);
  const file = await open(resolve(source), "r").catch((cause: unknown) => {
    throw new OrreryError("PACKAGE_NOT_FOUND", `there is no package at ${resolve(source)}`, { todo: "Give a .tgz file, or an https address of one.", cause });
  });
  try {
    const { size } = await file.stat();
    if (size > packageLimits.packedBytes)
      throw new OrreryError("PACKAGE_TOO_LARGE", `${basename(source)} has ${size} bytes, and ${packageLimits.packedBytes} are allowed`, {
        todo: "Check the file.",
      });
    return new Uint8Array(await file.readFile());
  } finally {
    await file.close();
  }
}
