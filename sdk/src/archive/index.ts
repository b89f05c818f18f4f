export { exportRun, importRun, pruneRuns, runBytes, type Archive } from "./archive.ts";
export { verifyRun, type RunVerified } from "./verify-run.ts";
export { verifyRunFile, otherSigner, type RunFileVerified } from "./verify-run-file.ts";
export { readRunFile, runFileLimits, signRunFile, writeRunFile, type RunFile } from "./run-file.ts";
