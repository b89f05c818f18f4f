import { writeFileSync } from "node:fs";

/** Vitest's JSON report says nothing of errors outside any test: how many there were goes into the file that ORRERY_UNHANDLED names. */
export default class UnhandledReporter {
  onTestRunEnd(_files, errors) {
    if (process.env.ORRERY_UNHANDLED) writeFileSync(process.env.ORRERY_UNHANDLED, `${errors.length}`);
  }
}
