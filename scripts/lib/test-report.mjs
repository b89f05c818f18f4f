import { relative } from "node:path";

const endToEnd = /^tests\/(e2e|csp|packaging)\//;
const failedIn = (file) => file.assertionResults.filter((test) => test.status === "failed");

/**
 * What a report of Vitest's comes to. A file that could not be loaded is one failure.
 * @param {{testResults: {name: string, status: string, message?: string, assertionResults: {status: string, fullName: string}[]}[]}} report
 */
export function countsOf({ testResults }) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const file of testResults) {
    for (const { status } of file.assertionResults) counts[status === "passed" ? "passed" : status === "failed" ? "failed" : "skipped"]++;
    if (file.status === "failed" && failedIn(file).length === 0) counts.failed++;
  }
  return counts;
}

/**
 * Files that get a second try, alone: those of the end-to-end lane that failed, when no other failed and they are two at most.
 * Servers, browsers and installers share a machine there with whatever else it does.
 */
export function secondTries({ testResults }, root) {
  const failed = testResults.filter((file) => file.status === "failed").map((file) => relative(root, file.name).replaceAll("\\", "/"));
  return failed.length <= 2 && failed.every((path) => endToEnd.test(path)) ? failed : [];
}

/** The first report with what its second tries came to in their files' place, and the tests that only passed then. */
export function afterSecond(first, second) {
  const anew = new Map(second.testResults.map((file) => [file.name, file]));
  const unsteady = first.testResults.flatMap((file) => (anew.get(file.name)?.status === "passed" ? failedIn(file).map((test) => test.fullName) : []));
  return { report: { testResults: first.testResults.map((file) => anew.get(file.name) ?? file) }, unsteady };
}
