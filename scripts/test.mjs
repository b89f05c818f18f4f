import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./lib/build.mjs";
import { ensureChromium } from "./lib/chromium.mjs";
import { binFolder, projectEnv, root } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";
import { afterSecond, countsOf, secondTries } from "./lib/test-report.mjs";
import { main, setup } from "./setup.mjs";

// npm test                      everything: checks, build, and every test in Node, in Node without code generation and in Chromium
// npm test -- --only PATH…      only the tests whose path holds one of these, without the checks
// npm test -- --project NAME    only one lane (node, node-strict, browser, e2e)
await main(async () => {
  await setup(import.meta.url);
  const args = process.argv.slice(2);
  const only = args.includes("--only") ? args.slice(args.indexOf("--only") + 1).filter((arg) => !arg.startsWith("--")) : [];
  const project = args.includes("--project") ? args[args.indexOf("--project") + 1] : undefined;
  const filters = [...only.filter((path) => path !== project), ...(project ? ["--project", project] : [])];
  const env = projectEnv({ CHROMIUM_PATH: await ensureChromium() });
  process.env.CHROMIUM_PATH = env.CHROMIUM_PATH;
  console.log(`orrery: Chromium is ${env.CHROMIUM_PATH}`);
  const totals = { passed: 0, failed: 0, skipped: 0 };
  if (!(await built())) totals.failed++;
  if (filters.length === 0) {
    const { check } = await import("./lib/check.mjs");
    const { passed, failed } = await check();
    totals.passed += passed;
    totals.failed += failed;
  }
  const checked = totals.passed + totals.failed;
  add(totals, await tests(filters, env));
  if (checked > 0) console.log(`(${checked} of these are the checks of \`npm run check\`)`);
  console.log(`${totals.passed} passed, ${totals.failed} failed${totals.skipped > 0 ? `, ${totals.skipped} skipped` : ""}`);
  return totals.failed > 0 ? 1 : 0;
});

async function built() {
  try {
    await build();
    return true;
  } catch (error) {
    console.error(`FAIL  build: ${error instanceof Error ? error.message : error}`);
    return false;
  }
}

/** Runs vitest and counts from its own report. A file that could not be loaded, or an error outside any test, is one failure. */
async function tests(filters, env) {
  // What Vite prepared for an earlier set of tests makes it reload pages in the middle of this one; it scans again when there is none.
  if (filters.length === 0) rmSync(join(root, "node_modules", ".vite", "vitest"), { recursive: true, force: true });
  const first = await vitest(filters, env);
  // An error outside any test belongs to no file, and gets no second try.
  const again = first.report && first.unhandled === 0 ? secondTries(first.report, root) : [];
  if (again.length === 0) return judged(first);
  console.log(`\norrery: ${again.join(" and ")} failed; once more, alone`);
  const second = await vitest([...again, "--project", "e2e", "--no-file-parallelism"], env);
  const { report, unsteady } = afterSecond(first.report, second.report ?? { testResults: [] });
  for (const name of unsteady) console.error(`UNSTEADY  ${name}: failed, and passed when its file ran again. It waits for a time, or something races: mend it`);
  return judged({ report, code: second.code });
}

async function vitest(filters, env) {
  const folder = mkdtempSync(join(tmpdir(), "orrery-test-"));
  const file = join(folder, "report.json");
  const unhandled = join(folder, "unhandled");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`, "--reporter=./scripts/lib/unhandled-reporter.mjs"];
    const code = await run(join(binFolder, "vitest"), ["run", ...filters, ...reporters], {
      env: { ...env, ORRERY_UNHANDLED: unhandled },
      stdio: ["ignore", "inherit", "inherit"],
    });
    return {
      code,
      report: existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined,
      unhandled: existsSync(unhandled) ? Number(readFileSync(unhandled, "utf8")) : undefined,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function judged({ code, report = { testResults: [] } }) {
  const counts = countsOf(report);
  if (counts.passed + counts.failed === 0) {
    console.error("FAIL  no test ran");
    counts.failed = 1;
  } else if (code !== 0 && counts.failed === 0) {
    console.error(`FAIL  vitest ended with ${code} though no test failed: see the errors above`);
    counts.failed = 1;
  }
  return counts;
}

function add(totals, more) {
  for (const key of Object.keys(totals)) totals[key] += more[key];
}
