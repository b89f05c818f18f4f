import type { ModelBudget, PackageReport } from "@orrery/sdk";
import type { ReactNode } from "react";
import { money } from "../ui/format.ts";
import { NumberField } from "../ui/NumberField.tsx";

/** Sums as they stand in their fields. */
export interface Sums {
  readonly run: string;
  readonly day: string;
}
export const sumsOf = ({ runUsd, dayUsd }: ModelBudget): Sums => ({ run: String(runUsd), day: String(dayUsd) });

/** The budget the fields say; undefined while one of them is no sum from nothing to what is asked for. */
export function readSums({ run, day }: Sums, asked: ModelBudget): ModelBudget | undefined {
  const [runUsd, dayUsd] = [run.trim() === "" ? Number.NaN : Number(run), day.trim() === "" ? Number.NaN : Number(day)];
  return runUsd >= 0 && runUsd <= asked.runUsd && dayUsd >= 0 && dayUsd <= asked.dayUsd ? { runUsd, dayUsd } : undefined;
}

export const budgetLine = ({ runUsd, dayUsd }: ModelBudget): string =>
  runUsd === 0 || dayUsd === 0 ? "nothing on models" : `up to ${money(runUsd * 1e6)} a run, ${money(dayUsd * 1e6)} a day on models`;

/** What it asks to spend, to be granted in whole, in part or not at all. `sums`: undefined while it is granted nothing. */
export function PackageBudget({
  budget,
  sums,
  onChange,
  children,
}: {
  budget: NonNullable<PackageReport["budget"]>;
  sums: Sums | undefined;
  onChange(sums: Sums | undefined): void;
  /** Beside its words. */
  children?: ReactNode;
}) {
  const wrong = sums !== undefined && !readSums(sums, budget);
  return (
    <div className="flex flex-col gap-2">
      <label className="flex items-start gap-3 text-14">
        <input
          type="checkbox"
          checked={sums !== undefined}
          onChange={() => onChange(sums ? undefined : sumsOf(budget))}
          className="mt-1 size-4 shrink-0 accent-[var(--accent)]"
        />
        <span className="min-w-0 break-words">
          {budget.words}
          {children}
          <span className="block text-muted">Because: {budget.reason}</span>
        </span>
      </label>
      {sums ? (
        <div className="flex flex-wrap items-end gap-3 ps-7 text-13">
          <NumberField label="At most a run, in US dollars" value={sums.run} most={budget.runUsd} onChange={(run) => onChange({ ...sums, run })} />
          <NumberField label="At most a day, in US dollars" value={sums.day} most={budget.dayUsd} onChange={(day) => onChange({ ...sums, day })} />
          {wrong ? (
            <p role="alert" className="basis-full text-error">
              Each is a sum from 0 to what it asks for: {budgetLine(budget)}.
            </p>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}
