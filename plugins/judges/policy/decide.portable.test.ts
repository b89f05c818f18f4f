import type { DecideQuery, Verdict } from "@orrery/sdk";
import { expect, test } from "vitest";
import { decide } from "./decide.ts";

const verdict = (judge: string, decision: Verdict["decision"], ...reasons: string[]): Verdict => ({
  judge,
  decision,
  score: decision === "accept" ? 1 : 0,
  reasons,
});
const ask = (query: Partial<DecideQuery>) => decide({ subject: "step", run: "r", verdicts: [], missing: [], attempt: 1, maxAttempts: 2, ...query });

test("accepts what nobody rejects", () => {
  expect(ask({ verdicts: [verdict("a", "accept"), verdict("b", "abstain")] })).toMatchObject({ action: "accept" });
  expect(ask({})).toMatchObject({ action: "accept" });
});

test("sends a rejected attempt back with the reasons, as often as is allowed and not once more", () => {
  const verdicts = [verdict("a", "reject", "too long"), verdict("b", "reject", "no source")];
  expect(ask({ verdicts })).toMatchObject({ action: "retry", feedback: ["a: too long", "b: no source"] });
  expect(ask({ verdicts, attempt: 2 })).toMatchObject({ action: "reject", reasons: ["a: too long", "b: no source"] });
});

test("hands a case to a person when the judges disagree to the end, or when none of them could judge", () => {
  expect(ask({ verdicts: [verdict("a", "reject", "x"), verdict("b", "accept")], attempt: 2 })).toMatchObject({ action: "escalate" });
  expect(ask({ missing: ["acme.judge"] })).toMatchObject({ action: "escalate", reasons: [expect.any(String), expect.stringContaining("acme.judge")] });
});

test("does not ask an engine again that said it cannot", () => {
  expect(ask({ verdicts: [verdict("format", "reject", "NEEDS_GENERATIVE_MODEL: no")] })).toMatchObject({ action: "reject" });
});
