import { type ModelBudget, OrreryError, type PackageConsent, type PackageReport } from "@orrery/sdk";
import { assertConsent, budgetWords, exceedsBudget, noBudget } from "@orrery/sdk/package";
import { budgetFlag, budgetFormat, readBudget } from "./budget-flag.ts";
import { count } from "./format.ts";
import { oneLine, type Terminal } from "./terminal.ts";
import { untilInputEnds } from "./until-input-ends.ts";

/** What the command line said about permissions. */
export interface ConsentFlags {
  grant?: string[];
  grantAll?: boolean;
  budget?: ModelBudget;
  allowUnsigned?: boolean;
  allowNewKey?: boolean;
  force?: boolean;
}

/** Tells a person what a package is, whom it is from, and what it wants, in words. */
export function showPackage(terminal: Terminal, report: PackageReport): void {
  const { bold, red, dim } = terminal.colours;
  terminal.line(`${bold(oneLine(`${report.title} (${report.id} ${report.version})`, 300))}  ${count(Math.ceil(report.size / 1024), "KB", "KB")}`);
  if (report.description) terminal.line(oneLine(report.description, 1_000));
  terminal.line(report.signer ? `Signed by ${report.signer}` : red("UNSIGNED: nobody can tell whom it is from."));
  if (report.licence) terminal.line(`Licence: ${oneLine(report.licence)}`);
  terminal.line();
  terminal.line("It will:");
  for (const { words, name } of report.hooks) terminal.line(`  ${oneLine(words, 300)}  ${dim(oneLine(name))}`);
  if (report.hooks.length === 0) terminal.line("  take no part in runs by itself");
  terminal.line(report.capabilities.length > 0 ? "It asks to:" : "It asks for nothing else.");
  for (const { name, words, reason } of report.capabilities) {
    terminal.line(`  ${oneLine(words, 300)}  ${dim(oneLine(name, 200))}`);
    terminal.line(`    because: “${oneLine(reason, 500)}”`);
  }
  if (report.budget) {
    terminal.line(`  ${report.budget.words}  ${dim("budget")}`);
    terminal.line(`    because: “${oneLine(report.budget.reason, 500)}”`);
  }
  if (report.settings.length > 0) terminal.line("It can be set, under its id in the setting pluginConfig:");
  for (const { name, takes, default: usual, needed, description } of report.settings) {
    const held = usual === undefined ? (needed ? "it needs one" : "none needed") : `${JSON.stringify(usual)} when nothing is said`;
    terminal.line(`  ${bold(oneLine(name, 100))}: ${oneLine(takes)}; ${oneLine(held, 200)}${description ? `  ${dim(oneLine(description, 300))}` : ""}`);
  }
  showChanges(terminal, report);
  terminal.line();
}

function showChanges(terminal: Terminal, { changes, signer, budget }: PackageReport): void {
  if (!changes) return;
  const { red, yellow } = terminal.colours;
  terminal.line();
  terminal.line(`Against the installed ${oneLine(changes.from)}:`);
  if (changes.keyChanged) terminal.line(red(`  ANOTHER KEY: ${changes.fromSigner ?? "unsigned"} before, ${signer ?? "unsigned"} now`));
  if (changes.downgrade) terminal.line(red("  an OLDER version"));
  if (changes.otherBytes) terminal.line(red("  the same version with OTHER CONTENTS"));
  for (const name of changes.added) terminal.line(yellow(`  + asks for ${oneLine(name, 200)}`));
  for (const name of changes.removed) terminal.line(`  - no longer asks for ${oneLine(name, 200)}`);
  if (changes.budget) {
    const [from, now] = [changes.budget.from, budget ?? noBudget].map(budgetWords);
    if (changes.budget.more) terminal.line(yellow(`  + asks to ${now}; before: ${from}`));
    else if (from !== now) terminal.line(`  - asks to ${now}; before: ${from}`);
    terminal.line(`    you granted it to ${budgetWords(changes.budget.granted)}`);
  }
  for (const name of changes.hooksAdded) terminal.line(yellow(`  + takes part in ${oneLine(name, 200)}`));
  for (const name of changes.hooksRemoved) terminal.line(`  - no longer takes part in ${oneLine(name, 200)}`);
}

/**
 * What the flags and, where there is one, a person agree to; undefined when the person says no. Nothing is granted that nobody named.
 * `keep`: what was granted before stays without a question. Throws PACKAGE_CONSENT_MISSING where there is nobody to ask.
 */
export async function askConsent(terminal: Terminal, report: PackageReport, flags: ConsentFlags, keep: boolean): Promise<PackageConsent | undefined> {
  const { changes, capabilities, budget } = report;
  const agreed = {
    ...(flags.allowUnsigned ? { unsigned: true } : {}),
    ...(flags.allowNewKey ? { newKey: true } : {}),
    ...(flags.force ? { force: true } : {}),
  };
  const kept = keep ? (changes?.granted ?? []) : [];
  const keptBudget = (keep ? changes?.budget?.granted : undefined) ?? noBudget;
  const asksMoney = budget !== undefined && (!keep || !changes || changes.budget?.more === true);
  const sums = flags.budget ?? (flags.grantAll ? budget && { runUsd: budget.runUsd, dayUsd: budget.dayUsd } : undefined);
  const asked = capabilities.filter(({ name }) => !kept.includes(name) && (!keep || !changes || changes.added.includes(name)));
  const named = namedBy(flags, report);
  if (named) return { ...agreed, grant: [...new Set([...kept, ...named])], budget: sums ?? keptBudget };
  // An update that wants nothing more and comes from the same hand was agreed to before.
  if (keep && changes && asked.length === 0 && changes.hooksAdded.length === 0 && !changes.keyChanged && (!asksMoney || sums))
    return { ...agreed, grant: kept, budget: sums ?? keptBudget };
  if (!terminal.interactive)
    throw new OrreryError("PACKAGE_CONSENT_MISSING", `nobody is here to say what ${report.id} may do`, {
      todo: `Say it: --grant ${asked.map(({ name }) => name).join(",") || "none"}${asksMoney ? ` --budget ${budgetFlag(budget)}` : ""}, --grant none, or --grant-all.`,
      refusal: true,
    });
  // What no answer would change is told before anything is asked.
  assertConsent(report, { ...agreed, grant: [], newKey: true });
  const asks = { asked, kept, agreed, ...(asksMoney && sums === undefined ? { budget } : {}), granted: sums ?? keptBudget };
  return untilInputEnds((signal) => askPerson(report, asks, signal));
}

/** What is still open once the flags have said theirs. */
interface OpenQuestions {
  readonly asked: PackageReport["capabilities"];
  readonly kept: readonly string[];
  readonly agreed: Omit<PackageConsent, "grant" | "budget">;
  /** What it asks to spend, where that is to be asked about; else `granted` holds. */
  readonly budget?: ModelBudget;
  readonly granted: ModelBudget;
}

/** Undefined when the person says no, or goes. */
async function askPerson(report: PackageReport, open: OpenQuestions, signal: AbortSignal): Promise<PackageConsent | undefined> {
  const { changes } = report;
  const { asked, kept, budget } = open;
  const agreed = { ...open.agreed };
  const { confirm, isCancel, multiselect } = await import("@clack/prompts");
  let { granted } = open;
  let grant = kept;
  if (asked.length > 0) {
    const chosen = await multiselect({
      message: "What may it do? Space chooses, Enter goes on; what is not chosen is denied.",
      options: asked.map(({ name, words, reason }) => ({ value: name, label: oneLine(words, 200), hint: oneLine(reason, 200) })),
      required: false,
      signal,
    });
    if (isCancel(chosen)) return undefined;
    grant = [...kept, ...chosen];
  }
  if (budget && grant.includes("model.call")) {
    const chosen = await askBudget(budget, granted, signal);
    if (!chosen) return undefined;
    granted = chosen;
  }
  if (changes?.keyChanged && !agreed.newKey) {
    const newKey = await confirm({ message: "The key is another one than before. Did its author say so?", initialValue: false, signal });
    if (isCancel(newKey) || !newKey) return undefined;
    Object.assign(agreed, { newKey: true });
  }
  const install = await confirm({ message: `${changes ? "Update" : "Install"} ${oneLine(report.id)}?`, initialValue: false, signal });
  return isCancel(install) || !install ? undefined : { ...agreed, grant, budget: granted };
}

/** What a person lets it spend, of what it asks for: what it had, or nothing, unless they say otherwise. */
async function askBudget(asked: ModelBudget, kept: ModelBudget, signal: AbortSignal): Promise<ModelBudget | undefined> {
  const { isCancel, select, text } = await import("@clack/prompts");
  const chosen = await select({
    message: "What may it spend on models?",
    initialValue: "kept",
    signal,
    options: [
      { value: "kept", label: exceedsBudget(kept, noBudget) ? `as before: ${budgetWords(kept)}` : "nothing: it asks free models only" },
      { value: "asked", label: `as it asks: ${budgetWords(asked)}` },
      { value: "other", label: "less than it asks" },
    ],
  });
  if (isCancel(chosen)) return undefined;
  if (chosen !== "other") return chosen === "asked" ? { runUsd: asked.runUsd, dayUsd: asked.dayUsd } : kept;
  const said = await text({
    message: `${budgetFormat}; at most ${budgetFlag(asked)}`,
    signal,
    validate: (given = "") => {
      const read = readBudget(given);
      return !read || exceedsBudget(read, asked) ? `${budgetFormat}; at most ${budgetFlag(asked)}` : undefined;
    },
  });
  return isCancel(said) ? undefined : readBudget(said);
}

/** The capabilities the flags name; undefined when they say nothing. */
function namedBy({ grant, grantAll }: ConsentFlags, { capabilities }: PackageReport): readonly string[] | undefined {
  if (grantAll) return capabilities.map(({ name }) => name);
  if (!grant) return undefined;
  const names = grant.flatMap((each) => each.split(",")).map((each) => each.trim());
  return names.filter((each) => each !== "" && each !== "none");
}
