// A cited report over Fastify's own documentation, from the command's start to its exit, with an empty home each time: nothing cached.
// Beside it the floor: the same process start with nothing to do.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const rounds = 5;
const barSeconds = 5;
const root = resolve(import.meta.dirname, "../..");
const docs = join(root, "host-node/node_modules/fastify/docs");
const question = "How does the plugin system isolate errors, and what are its limits?";

const homes: string[] = [];
const orrery = (
  args: string[],
  home = mkdtempSync(join(tmpdir(), "orrery-bench-")),
): { ms: number; report: { status: string; durationMs: number } | undefined } => {
  homes.push(home);
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "host-node/bin/orrery.js"), ...args], {
    encoding: "utf8",
    maxBuffer: 64e6,
    env: { PATH: process.env.PATH, HOME: home, ORRERY_HOME: home },
  });
  if (status !== 0) throw new Error(`orrery ${args[0]} ended with ${status}: ${stderr}`);
  return { ms: performance.now() - started, report: args.includes("--json") ? JSON.parse(stdout) : undefined };
};
const median = (list: number[]): number => list.sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;

try {
  const floor: number[] = [];
  const whole: number[] = [];
  const inside: number[] = [];
  const again: number[] = [];
  for (let round = 0; round < rounds; round++) {
    floor.push(orrery(["--version"]).ms);
    const home = mkdtempSync(join(tmpdir(), "orrery-bench-"));
    const first = orrery(["run", question, "--docs", docs, "--json"], home);
    if (first.report?.status !== "accepted") throw new Error(`the report was ${first.report?.status}`);
    whole.push(first.ms);
    inside.push(first.report.durationMs);
    again.push(orrery(["run", question, "--docs", docs, "--json"], home).report?.durationMs ?? Number.NaN);
  }
  const row = (list: number[]) => ({ "median ms": Math.round(median(list)), "slowest ms": Math.round(Math.max(...list)), rounds });
  console.table({
    "floor: orrery --version": row(floor),
    "the report, process and all": row(whole),
    "the run itself": row(inside),
    "the run again, vectors kept": row(again),
  });
  const seconds = median(whole) / 1_000;
  console.log(`the fastify report takes ${seconds.toFixed(1)} s (bar: ${barSeconds} s on two cores)`);
  process.exitCode = seconds <= barSeconds ? 0 : 1;
} finally {
  for (const home of homes) rmSync(home, { recursive: true, force: true });
}
