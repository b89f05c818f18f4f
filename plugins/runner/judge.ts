import type { Decision, Judgement, Verdict } from "@orrery/sdk";
import type { RunScope } from "./run-scope.ts";

export interface Judged {
  verdicts: Verdict[];
  /** Judges that failed. */
  missing: string[];
  decision: Decision;
}

/** Asks every judge, then the quality policy. With no policy installed, a single reject rejects. */
export async function judge(
  scope: RunScope,
  hook: "step.judge" | "task.judge",
  judgement: Judgement,
  round: { attempt: number; maxAttempts: number; step?: string },
): Promise<Judged> {
  const answers = scope.hooks.tapped(hook) ? await scope.hooks.call(hook, judgement, { signal: scope.signal }) : [];
  const verdicts = answers.flatMap((answer) => (answer.ok ? [answer.value] : []));
  const missing = answers.flatMap((answer) => (answer.ok ? [] : [answer.plugin]));
  const { subject, run } = judgement;
  const decided = scope.hooks.tapped("task.decide")
    ? await scope.hooks.call("task.decide", { subject, run, verdicts, missing, ...round }, { signal: scope.signal })
    : undefined;
  return { verdicts, missing, decision: decided?.value ?? byMajorityOfOne(verdicts) };
}

function byMajorityOfOne(verdicts: readonly Verdict[]): Decision {
  const against = verdicts.filter(({ decision }) => decision === "reject");
  return against.length === 0
    ? { action: "accept", reasons: ["no judge rejected it"], feedback: [] }
    : { action: "reject", reasons: against.flatMap(({ judge: name, reasons }) => reasons.map((reason) => `${name}: ${reason}`)), feedback: [] };
}
