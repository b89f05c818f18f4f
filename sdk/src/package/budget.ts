import { type AnyPlugin, definePlugin } from "../define-plugin.ts";
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
