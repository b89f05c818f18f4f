import type { Command } from "commander";
import type { MakeCommand } from "./program.ts";

/** What people tell runs, and what is done with runs that are over or left. */
export function steeringCommands(program: Command, run: Command, command: MakeCommand): void {
  const steer = () => import("./commands/steer.ts");
  command(
    run,
    "pause <run>",
    "Start nothing new in a run; calls under way finish and are kept",
    ["orrery run pause run_01j…"],
    async () => (await steer()).pause,
  );
  command(run, "resume <run>", "Let a paused run go on", ["orrery run resume run_01j…"], async () => (await steer()).resumePaused);
  command(run, "cancel <run>", "End a run now; its calls under way are stopped", ["orrery run cancel run_01j…"], async () => (await steer()).cancel).option(
    "--reason <text>",
    "why, for its report",
  );
  command(
    run,
    "redirect <run> <instruction>",
    "Give a run a further instruction, which reaches every step that starts later",
    ['orrery run redirect run_01j… "Only the costs, please."'],
    async () => (await steer()).redirect,
  );
  const decide = async (word: "approve" | "deny") => (await steer())[word];
  command(run, "approve <run> <gate>", "Let what waits at a gate go on", ["orrery run approve run_01j… publish"], () => decide("approve")).option(
    "--note <text>",
    "said with the decision",
  );
  command(run, "deny <run> <gate>", "Do not let what waits at a gate go on", ['orrery run deny run_01j… publish --note "too long"'], () =>
    decide("deny"),
  ).option("--note <text>", "why; the step fails with it");
  command(
    run,
    "fork <run>",
    "Begin a run from another's journal: what settled before a step is kept, at no cost",
    [
      "orrery run fork run_01j… --at r0/writer",
      "orrery run fork run_01j… --at r0/writer --model ollama/qwen3:8b",
      "orrery run fork run_01j… --topology debate",
    ],
    async () => (await steer()).fork,
  )
    .option("--at <step>", "path of the first step to be done anew")
    .option("--topology <id>", "another way to work together; of the other run only team and documents are kept")
    .option("--model <id>", "steps done anew go to this model")
    .option("--task <text>", "steps done anew see this task");
  command(
    program,
    "resume [run]",
    "Carry on runs whose process is gone; what was settled is neither called nor paid for again",
    ["orrery resume run_01j…", "orrery resume --all"],
    async () => (await steer()).resume,
  ).option("--all", "every one of them; also when no run is named");
  command(
    program,
    "inbox",
    "Show everything that waits for a person",
    ["orrery inbox", "orrery inbox --json"],
    async () => (await import("./commands/inbox.ts")).inbox,
  );
  command(
    program,
    "verify [run]",
    "Check that nothing in the record of a run, of all runs, or of an exported file, was changed afterwards",
    ["orrery verify run_01j…", "orrery verify --all --json", "orrery verify ./launch.jsonl --signer SHA256:…"],
    async () => (await import("./commands/verify.ts")).verify,
  )
    .option("--all", "every run; also when none is named")
    .option("--signer <fingerprint>", "the file, or the run that came in one, must be signed by this key");
}
