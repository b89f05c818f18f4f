import { type Json, OrreryError, type Resumption, type Steering } from "@orrery/sdk";
import { failureOf } from "./failure.ts";
import { cancelLive, type LiveRun, type Shared } from "./live-run.ts";
import { note, resume } from "./resume.ts";
import { runOver, unknownGate } from "./steering-errors.ts";

const longest = 20_000;

/** Throws STEERING_INVALID for what nobody could mean. */
export function checkSteering(steering: Steering): void {
  const wrong = (what: string) =>
    new OrreryError("STEERING_INVALID", what, { todo: "Say pause, resume, cancel, redirect, approve or deny, with what it takes." });
  if (steering.do === "redirect" && steering.instruction.trim() === "") throw wrong("The new instruction is empty.");
  if (steering.do === "redirect" && steering.instruction.length > longest)
    throw wrong(`The new instruction has ${steering.instruction.length} characters; ${longest} is the most.`);
  if (!["pause", "resume", "cancel", "redirect", "approve", "deny"].includes(steering.do)) throw wrong(`There is no way to "${steering.do}" a run.`);
}

/** Carries out what a person tells a run under way here. Saying what is so already changes nothing. */
export async function steerLive(run: LiveRun, steering: Steering, by: string): Promise<void> {
  const { control, log } = run;
  switch (steering.do) {
    case "pause":
      if (control.paused) return;
      control.pause();
      await log.write("run.paused", { by });
      return;
    case "resume":
      if (!control.paused) return;
      await log.write("run.resumed", { by, from: "pause" });
      control.unpause();
      return;
    case "cancel":
      return cancelLive(run, steering.reason ?? `cancelled by ${by}`, by);
    case "redirect":
      await log.write("run.redirected", { instruction: steering.instruction.trim(), by });
      control.redirect(steering.instruction.trim());
      return;
    default: {
      const { gate: name, note } = steering;
      const gate = control.gate(name);
      if (!gate) throw unknownGate(run.task.run, name, control.openGates);
      if (gate.decision)
        throw new OrreryError("GATE_DECIDED", `"${name}" was ${gate.decision.approve ? "approved" : "denied"} already.`, {
          todo: "Nothing waits there any more.",
        });
      const decision = steering.do;
      gate.decision = { approve: decision === "approve", note };
      await log.write("gate.decided", { gate: name, decision, by, ...(note === undefined ? {} : { note }) });
      control.decided(gate);
    }
  }
}

/**
 * Tells a run what a person wants, wherever it stands: under way here, carried on by another process or tab, which is sent a letter,
 * or left by one that is gone.
 */
export async function steer(shared: Shared, runId: string, steering: Steering, given: Resumption): Promise<{ elsewhere: boolean }> {
  checkSteering(steering);
  for (;;) {
    try {
      await steerHere(shared, runId, steering, given);
      return { elsewhere: false };
    } catch (thrown) {
      const { mailbox } = shared.services;
      if (!mailbox || failureOf(thrown).code !== "RUN_ELSEWHERE") throw thrown;
      const letter: Letter = { steering, by: given.actor };
      const gone = async () => !(await shared.journal.held(runId));
      // Whoever had it is gone, or done with it, and took nothing in: it is told here after all.
      if (await mailbox.send(runId, letter, { waitMs: shared.limits.letterWaitMs, gone })) return { elsewhere: true };
    }
  }
}

async function steerHere(shared: Shared, runId: string, steering: Steering, given: Resumption): Promise<void> {
  const run = shared.live.get(runId);
  if (run) return steerLive(run, steering, given.actor);
  if (steering.do === "pause" || steering.do === "redirect") return note(shared, runId, steering, given.actor);
  return resume(shared, runId, given, steering);
}

type Letter = { steering: Steering; by: string };

/** What another process or tab tells a run that is under way here. */
export async function steerByLetter(shared: Shared, runId: string, letter: Json): Promise<void> {
  const { steering, by } = letter as unknown as Letter;
  checkSteering(steering);
  const run = shared.live.get(runId);
  if (!run) throw runOver(runId, "a moment ago");
  return steerLive(run, steering, by);
}
