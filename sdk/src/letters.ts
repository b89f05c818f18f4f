import { OrreryError } from "./error.ts";
import type { Reply } from "./mailbox.ts";

/** Times the waiting for a letter to be taken that its answer may take from then on: a run that is cancelled ends before it answers. */
export const answerPatience = 6;

/** What is done with a letter, as it is told to its sender. */
export async function replyOf(work: () => Promise<void>): Promise<Reply> {
  try {
    await work();
    return { ok: true };
  } catch (thrown) {
    const { code = "LETTER_FAILED", todo, do: remedy } = Object(thrown) as { code?: string; todo?: string; do?: string };
    const say = todo ?? remedy;
    return { ok: false, code, message: thrown instanceof Error ? thrown.message : String(thrown), ...(say === undefined ? {} : { todo: say }) };
  }
}

/** Throws what the one who took the letter threw. */
export function readReply(reply: Reply): true {
  if (reply.ok) return true;
  throw new OrreryError(reply.code, reply.message, reply.todo === undefined ? {} : { todo: reply.todo });
}

export const unanswered = (run: string, waitMs: number, taken: boolean): OrreryError =>
  new OrreryError(
    "RUN_UNANSWERED",
    `Run ${run} is carried on by another process or tab, which ${taken ? "was told and did not say what came of it" : `took nothing in for ${waitMs / 1_000} s; it was not told`}.`,
    { todo: taken ? "See how the run stands: orrery run show RUN." : "Try again, or end that process and resume the run: orrery resume RUN." },
  );
