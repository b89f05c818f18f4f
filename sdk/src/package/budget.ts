import { type AnyPlugin, definePlugin } from "../define-plugin.ts";
import { OrreryError } from "../error.ts";
import { Budgets, type ModelBudget } from "../models.ts";

export const noBudget: ModelBudget = { runUsd: 0, dayUsd: 0 };

/** What a sum lets a plugin do, for somebody who decides and does not program. Completes "It may …". */
export function budgetWords({ runUsd, dayUsd }: ModelBudget): string {
  return runUsd === 0 || dayUsd === 0 ? "spend nothing on models" : `spend up to ${usd(runUsd)} a run, ${usd(dayUsd)} a day on models`;
}

/** Money as it is read: cents in two digits, whole dollars in none, less than a cent in as many as it takes. */
const usd = (sum: number): string => `$${Number.isInteger(sum) || !Number.isInteger(Number((sum * 100).toPrecision(12))) ? sum : sum.toFixed(2)}`;

/** The smaller of each sum. */
export const lesserBudget = (a: ModelBudget, b: ModelBudget): ModelBudget => ({ runUsd: Math.min(a.runUsd, b.runUsd), dayUsd: Math.min(a.dayUsd, b.dayUsd) });

/** Either sum is above the other's. */
export const exceedsBudget = (a: ModelBudget, b: ModelBudget): boolean => a.runUsd > b.runUsd || a.dayUsd > b.dayUsd;

/** Tells the ledger what people granted the installed plugins. */
export const budgetsPlugin = (of: Budgets["of"]): AnyPlugin =>
  definePlugin({
    manifest: {
      id: "orrery.budgets",
      version: "1.0.0",
      api: "^1.0",
      title: "Budgets",
      description: "What each installed plugin was granted to spend on models.",
    },
    provides: [Budgets],
    setup({ provide }) {
      provide(Budgets, { of });
    },
  });

/** What the ledger's own settings allow: all of a day, and single plugins. */
export interface BudgetCeiling {
  readonly dayCapUsd?: number | undefined;
  readonly plugins?: { readonly [id: string]: Partial<ModelBudget> } | undefined;
}

/** The sums that hold once these are changed. Throws PACKAGE_BUDGET_REFUSED for more than it asks for, or than the operator's own settings allow. */
export function assertBudget(
  {
    id,
    budget,
    granted,
  }: { readonly id: string; readonly granted: readonly string[]; readonly budget?: { readonly asked: ModelBudget; readonly granted: ModelBudget } },
  sums: Partial<ModelBudget>,
  { dayCapUsd, plugins = {} }: BudgetCeiling,
): { readonly asked: ModelBudget; readonly granted: ModelBudget } {
  const refused = (why: string, todo: string): OrreryError => new OrreryError("PACKAGE_BUDGET_REFUSED", `${id} ${why}`, { todo, refusal: true });
  if (!budget) throw refused("asks for no budget: it pays for no model", "Only a plugin whose package asks for one can be given one.");
  const { runUsd = budget.granted.runUsd, dayUsd = budget.granted.dayUsd } = sums;
  const wanted = { runUsd, dayUsd };
  if (exceedsBudget(wanted, budget.asked))
    throw refused(`asks to ${budgetWords(budget.asked)}, which is less than ${budgetWords(wanted)}`, "Grant it no more than it asks for.");
  if (exceedsBudget(wanted, noBudget) && !granted.includes("model.call"))
    throw refused("may not call models, and would be granted money for them", "Install it anew with model.call granted.");
  const own = Object.hasOwn(plugins, id) ? plugins[id] : undefined;
  const most = {
    runUsd: own?.runUsd ?? Number.POSITIVE_INFINITY,
    dayUsd: Math.min(own?.dayUsd ?? Number.POSITIVE_INFINITY, dayCapUsd ?? Number.POSITIVE_INFINITY),
  };
  if (exceedsBudget(wanted, most))
    throw refused(
      `would ${budgetWords(wanted)}, and your own settings allow it less`,
      own ? `The setting spending.plugins says ${JSON.stringify(own)} for it.` : `The setting spending.dayCapUsd says $${dayCapUsd} for all of a day.`,
    );
  return { asked: budget.asked, granted: wanted };
}
