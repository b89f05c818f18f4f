import type { ModelBudget } from "@orrery/sdk";

export const budgetFormat = 'US dollars a run and a day, as 0.05,0.50, or "none"';

/** `0.05,0.50`, or one sum for both, or `none`; undefined for anything else. */
export function readBudget(text: string): ModelBudget | undefined {
  if (text.trim() === "none") return { runUsd: 0, dayUsd: 0 };
  const [, run, day = run] = /^\s*\$?(\d{1,4}(?:\.\d{1,9})?)(?:\s*,\s*\$?(\d{1,4}(?:\.\d{1,9})?))?\s*$/.exec(text) ?? [];
  return run === undefined ? undefined : { runUsd: Number(run), dayUsd: Number(day) };
}

export const budgetFlag = ({ runUsd, dayUsd }: ModelBudget): string => (runUsd === 0 && dayUsd === 0 ? "none" : `${runUsd},${dayUsd}`);
