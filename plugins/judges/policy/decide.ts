import type { DecideQuery, Decision } from "@orrery/sdk";

/**
 * Accepts what no judge rejects. A rejection goes back with the judges' reasons as feedback while attempts are left; after the last
 * one, a person decides where the judges disagree, and it is rejected where they do not. Judges that failed never count as consent:
 * when not one is left to say anything, a person decides.
 */
export function decide({ verdicts, missing, attempt, maxAttempts, subject }: DecideQuery): Decision {
  const heard = verdicts.filter(({ decision }) => decision !== "abstain");
  const against = heard.filter(({ decision }) => decision === "reject");
  const inFavour = heard.filter(({ decision }) => decision === "accept");
  const said = against.flatMap(({ judge, reasons }) => reasons.map((reason) => `${judge}: ${reason}`));
  const absent = missing.length > 0 ? [`could not judge: ${missing.join(", ")}`] : [];

  if (heard.length === 0 && missing.length > 0)
    return { action: "escalate", reasons: [`no judge was able to look at this ${subject}`, ...absent], feedback: [] };
  if (against.length === 0)
    return {
      action: "accept",
      reasons: [inFavour.length > 0 ? `accepted by ${inFavour.map(({ judge }) => judge).join(", ")}` : "no judge had anything to say", ...absent],
      feedback: [],
    };
  // Doing it again cannot help where the engine said that it is unable to.
  if (said.some((reason) => reason.includes("NEEDS_GENERATIVE_MODEL"))) return { action: "reject", reasons: said, feedback: [] };
  if (attempt < maxAttempts)
    return {
      action: "retry",
      reasons: [`attempt ${attempt} of ${maxAttempts} was rejected by ${against.map(({ judge }) => judge).join(", ")}`, ...absent],
      feedback: said,
    };
  const divided = inFavour.length > 0;
  return {
    action: divided ? "escalate" : "reject",
    reasons: [...(divided ? [`the judges disagree after ${attempt} ${attempt === 1 ? "attempt" : "attempts"}`] : []), ...said, ...absent],
    feedback: [],
  };
}
