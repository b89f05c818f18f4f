import { type Spending, usdToNano } from "@orrery/sdk";
import type { Settings } from "./settings/schema.ts";

/** Who agreed to what: a budget, a team's budget or a model that was asked for by name, a forecast that was agreed to, or nobody. */
export function spendingOf(
  asked: { budgetUsd?: number | undefined; teamUsd?: number | undefined; model?: string | undefined; agreed?: boolean },
  { capUsd }: Settings["spending"],
): Spending {
  if (asked.budgetUsd !== undefined)
    return { allowed: asked.budgetUsd > 0, capNano: usdToNano(asked.budgetUsd), why: `a budget of $${asked.budgetUsd} was given` };
  if (asked.teamUsd !== undefined) {
    // A file may come from anybody: it cannot raise what the person's own settings allow a run.
    const usd = Math.min(asked.teamUsd, capUsd);
    const why = `the team's budget is $${asked.teamUsd}${usd < asked.teamUsd ? `; the cap of a run is $${capUsd}, and only --budget raises it` : ""}`;
    return { allowed: usd > 0, capNano: usdToNano(usd), why };
  }
  if (asked.model !== undefined)
    return { allowed: capUsd > 0, capNano: usdToNano(capUsd), why: `the model ${asked.model} was asked for; the cap of a run is $${capUsd}` };
  if (asked.agreed) return { allowed: capUsd > 0, capNano: usdToNano(capUsd), why: `paid models were agreed to, up to $${capUsd} a run` };
  return { allowed: false, capNano: 0, why: "nobody agreed to spend money: neither --model nor --budget was given" };
}
