import type { Millis } from "./brands.ts";
import type { Artifact } from "./step.ts";

/** What a person may tell a run, at any time and however it was submitted. Each is a journal entry. */
export type Steering =
  /** No new dispatch starts; calls under way finish and are kept. */
  | { do: "pause" }
  | { do: "resume" }
  | { do: "cancel"; reason?: string }
  /** Reaches every step that starts later. */
  | { do: "redirect"; instruction: string }
  | { do: "approve"; gate: string; note?: string }
  | { do: "deny"; gate: string; note?: string };

/** A gate of a run that waits for a person. */
export interface WaitingItem {
  run: string;
  task: string;
  gate: string;
  /** What the person is asked. */
  ask: string;
  /** The step that waits; absent where the outcome does. */
  path?: string;
  agent?: string;
  /** What is to be approved, where there is something already. */
  artifact?: Artifact;
  since: Millis;
}

/** A run begun from another's journal: what settled before the step `at` is kept, and costs nothing. */
export interface ForkRequest {
  /** Path of the first step to be done anew; absent: nothing is kept when topology, model or task change, else everything. */
  at?: string;
  topology?: string;
  model?: string;
  task?: string;
}
