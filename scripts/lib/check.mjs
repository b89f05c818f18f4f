import { apiReport } from "../checks/api-report.mjs";
import { dependencies } from "../checks/dependencies.mjs";
import { generatedDocs } from "../checks/docs.mjs";
import { fileLength } from "../checks/file-length.mjs";
import { kernelBudget } from "../checks/kernel-budget.mjs";
import { links } from "../checks/links.mjs";
import { lint } from "../checks/lint.mjs";
import { pageSize } from "../checks/page-size.mjs";
import { pluginPurity } from "../checks/plugin-purity.mjs";
import { selfContained } from "../checks/self-contained.mjs";
import { types } from "../checks/types.mjs";
import { unused } from "../checks/unused.mjs";

export const checks = [types, lint, unused, dependencies, pluginPurity, kernelBudget, fileLength, pageSize, apiReport, selfContained, links, generatedDocs];

/** Runs the checks one after another, a line each, and gives back how many held and how many did not. */
export async function check({ update = false, fix = false, only } = {}) {
  let passed = 0;
  let failed = 0;
  for (const { name, run } of checks.filter((each) => !only || each.name.includes(only))) {
    const started = performance.now();
    const { failures, summary } = await run({ update, fix }).catch((error) => ({ failures: [`could not run: ${error.stack ?? error}`], summary: "" }));
    const seconds = `${((performance.now() - started) / 1000).toFixed(1)} s`;
    if (failures.length === 0) {
      passed++;
      console.log(`OK    ${name} (${summary}; ${seconds})`);
    } else {
      failed++;
      console.log(`FAIL  ${name} (${seconds})`);
      for (const line of failures.slice(0, 80)) console.log(`      ${line}`);
      if (failures.length > 80) console.log(`      … and ${failures.length - 80} more lines`);
    }
  }
  return { passed, failed };
}
