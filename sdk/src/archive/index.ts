export { exportRun, importRun, pruneRuns, type Archive } from "./archive.ts";
export { verifyRun, type RunVerified } from "./verify-run.ts";
export { readRunFile, runFileLimits, writeRunFile, type RunFile } from "./run-file.ts";
