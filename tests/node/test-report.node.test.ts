import { describe, expect, it } from "vitest";
import { afterSecond, countsOf, secondTries } from "../../scripts/lib/test-report.mjs";

const file = (path: string, ...statuses: string[]) => ({
  name: `/orrery/${path}`,
  status: statuses.every((status) => status === "passed") && statuses.length > 0 ? "passed" : "failed",
  assertionResults: statuses.map((status, index) => ({ status, fullName: `${path} ${index}` })),
});
const report = (...testResults: ReturnType<typeof file>[]) => ({ testResults });
const tab = "tests/e2e/tab.test.ts";
const site = "tests/packaging/site.test.ts";

describe("the suite's report", () => {
  it("counts a file that could not be loaded as one failure", () => {
    expect(countsOf(report(file(tab, "passed", "failed", "pending"), file(site), file("a.test.ts", "passed")))).toEqual({ passed: 2, failed: 2, skipped: 1 });
  });

  it("gives two files of the end-to-end lane a second try, and no other", () => {
    expect(secondTries(report(file(tab, "failed"), file(site), file("a.test.ts", "passed")), "/orrery")).toEqual([tab, site]);
    expect(secondTries(report(file(tab, "passed")), "/orrery")).toEqual([]);
    expect(secondTries(report(file(tab, "failed"), file("a.test.ts", "failed")), "/orrery")).toEqual([]);
    expect(secondTries(report(file(tab, "failed"), file(site, "failed"), file("tests/csp/c.test.ts", "failed")), "/orrery")).toEqual([]);
  });

  it("puts the second try in the first one's place, names what only passed then, and keeps what fails twice", () => {
    const first = report(file(tab, "passed", "failed"), file(site, "failed"), file("a.test.ts", "passed"));
    const { report: last, unsteady } = afterSecond(first, report(file(tab, "passed", "passed"), file(site, "failed")));
    expect(unsteady).toEqual([`${tab} 1`]);
    expect(countsOf(last)).toEqual({ passed: 3, failed: 1, skipped: 0 });
    expect(countsOf(afterSecond(first, report()).report)).toEqual(countsOf(first));
  });
});
