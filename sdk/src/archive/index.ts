export { exportRun, importRun, pruneRuns, type Archive } from "./archive.ts";
export { readRunFile, runFileLimits, writeRunFile, type RunFile } from "./run-file.ts";
