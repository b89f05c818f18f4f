import type { CostTotals } from "./ledger.ts";
import { type EventData, typed } from "./events.ts";

export const noCost = (): CostTotals => ({
  nano: 0,
  calls: 0,
  inputTokens: 0,
  outputTokens: 0,
  callsByAgent: {},
  byAgent: {},
  byPlugin: {},
  byStep: {},
  byModel: {},
});

/** What a run cost, read off its journal: the sum of its `budget.settled` entries. */
export function costOf(entries: Iterable<{ type: string; data: unknown }>): CostTotals {
  const totals = noCost();
  for (const entry of entries) {
    const event = typed(entry);
    if (event?.type === "budget.settled") addCost(totals, event.data);
  }
  return totals;
}

/** Adds one settled call to what a run cost so far. */
export function addCost(totals: CostTotals, { nano, usage, origin, model }: EventData<"budget.settled">): void {
  totals.nano += nano;
  totals.calls += 1;
  totals.inputTokens += usage.inputTokens;
  totals.outputTokens += usage.outputTokens;
  add(totals.callsByAgent, origin.agent, 1);
  add(totals.byAgent, origin.agent, nano);
  add(totals.byPlugin, origin.plugin, nano);
  add(totals.byStep, origin.step, nano);
  add(totals.byModel, model, nano);
}

function add(record: Record<string, number>, key: string, amount: number): void {
  record[key] = (record[key] ?? 0) + amount;
}
