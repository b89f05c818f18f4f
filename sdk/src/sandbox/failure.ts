import { OrreryError } from "../error.ts";

/** Codes whose words are the host's own and name nothing of its inside; of every other error the guest hears the code alone. */
const spoken = new Set([
  "CAPABILITY_DENIED",
  "HOOK_UNKNOWN",
  "HOOK_UNDECLARED",
  "SERVICE_UNDECLARED",
  "SERVICE_METHOD_UNKNOWN",
  "STORAGE_INVALID",
  "STORAGE_QUOTA",
  "EGRESS_DENIED",
  "EGRESS_TOO_LARGE",
  "SANDBOX_MESSAGE_INVALID",
  "SANDBOX_CALLS",
  "QUESTION_INVALID",
  "QUESTIONS_TOO_MANY",
  "RUN_NOT_UNDER_WAY",
  "MODEL_NOT_THERE",
]);
const shaped = /^[A-Z][A-Z0-9_]{1,60}$/;

/** What a guest is told of an error on the host's side: never a stack, a path or a cause. */
export function toldToGuest(thrown: unknown): { code: string; message: string } {
  const { code, message } = thrown instanceof Error ? (thrown as Error & { code?: unknown }) : { code: undefined, message: "" };
  if (typeof code !== "string" || !shaped.test(code)) return { code: "HOST_FAILED", message: "the host could not do this" };
  return { code, message: spoken.has(code) ? message.slice(0, 500) : `the host could not do this (${code})` };
}

/** Codes that decide how a run ends: the runner's to use. */
const runnersOwn = new Set(["RUN_CANCELLED", "BUDGET_EXCEEDED", "STEP_REJECTED"]);

/** A guest's own error on the host's side: its code when it has the form of one and is not the runner's, its words cut to size. */
export const heardFromGuest = ({ code, message }: { code: string; message: string }): OrreryError =>
  new OrreryError(shaped.test(code) && !runnersOwn.has(code) ? code : "TAP_THREW", message.slice(0, 2_000));
