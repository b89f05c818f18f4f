import type { ConformanceCase } from "./describe-topology.ts";

/** How a topology did. */
export interface ConformanceReport {
  id: string;
  passed: number;
  failed: number;
  skipped: number;
  /** For each case that failed or was skipped: its name and why. */
  reasons: string[];
}

/** Runs a topology's cases one after another. */
export async function runConformance(id: string, cases: readonly ConformanceCase[]): Promise<ConformanceReport> {
  const report: ConformanceReport = { id, passed: 0, failed: 0, skipped: 0, reasons: [] };
  for (const { name, skip, run } of cases) {
    if (skip !== undefined) {
      report.skipped += 1;
      report.reasons.push(`skipped: ${name}: ${skip}`);
      continue;
    }
    try {
      await run();
      report.passed += 1;
    } catch (error) {
      report.failed += 1;
      report.reasons.push(`failed: ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return report;
}
