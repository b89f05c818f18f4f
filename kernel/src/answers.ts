import type { StandardSchemaV1 } from "@standard-schema/spec";
import { KernelError } from "./errors.ts";
import type { Collected, GuardOutcome, HookSpec } from "./contract.ts";
import { findNotPlain } from "./plain.ts";

/** Validates synchronously: a hook cannot wait for a schema. */
export function checkAgainst(schema: StandardSchemaV1 | undefined, value: unknown): { readonly value: unknown } | { readonly problem: string } {
  if (!schema) return { value };
  const result = schema["~standard"].validate(value);
  if (result instanceof Promise) return { problem: "its schema answers asynchronously, which a hook cannot wait for" };
  return result.issues ? { problem: describeIssues(result.issues) } : { value: result.value };
}

export function describeIssues(issues: readonly StandardSchemaV1.Issue[]): string {
  const path = (issue: StandardSchemaV1.Issue): string => (issue.path ?? []).map((part) => `${String(typeof part === "object" ? part.key : part)}: `).join("");
  return Array.from(issues.slice(0, 5), (issue) => path(issue) + issue.message).join("; ");
}

/** What a tap's answer counts as in this kind of hook. One that is `trusted` is taken as it is, but for a guard's. @throws TAP_NOT_PLAIN, TAP_ANSWER_INVALID. */
export function acceptAnswer(spec: HookSpec, answer: unknown, facts: { readonly plugin: string; readonly hook: string }, trusted: boolean): unknown {
  if (answer === undefined || spec.kind === "series" || spec.kind === "parallel" || spec.kind === "notify") return undefined;
  if (trusted && spec.kind !== "guard") return answer;
  const spot = findNotPlain(answer);
  if (spot !== undefined) throw new KernelError("TAP_NOT_PLAIN", { ...facts, detail: spot });
  if (spec.kind === "guard") {
    const { decision, reason } = Object(answer) as { decision?: unknown; reason?: unknown };
    if (decision === "allow" || ((decision === "ask" || decision === "deny") && typeof reason === "string"))
      return { decision, reason: typeof reason === "string" ? reason : "" };
    throw new KernelError("TAP_ANSWER_INVALID", { ...facts, detail: "a guard answers { decision: allow | ask | deny, reason }" });
  }
  const checked = checkAgainst(spec.kind === "waterfall" ? (spec.output ?? spec.input) : spec.output, answer);
  if ("problem" in checked) throw new KernelError("TAP_ANSWER_INVALID", { ...facts, detail: checked.problem });
  return checked.value;
}

/** What the answers of a guard or a collect hook come to; silent taps leave holes. Of a guard's, the strongest wins: deny, ask, allow. */
export function weigh(spec: HookSpec, answers: readonly unknown[]): GuardOutcome | readonly Collected<unknown>[] {
  const given = answers.filter((answer) => answer !== undefined);
  if (spec.kind === "collect") return given as Collected<unknown>[];
  const reasons = given as GuardOutcome["reasons"][number][];
  const has = (decision: "deny" | "ask"): boolean => reasons.some((each) => each.decision === decision);
  return { decision: has("deny") ? "deny" : has("ask") ? "ask" : "allow", reasons };
}

/** What a hook without taps comes to. */
export function emptyResult(spec: HookSpec, input: unknown): unknown {
  if (spec.kind === "waterfall") return input;
  if (spec.kind === "collect") return [];
  if (spec.kind !== "guard") return undefined;
  if (spec.empty === "allow") return { decision: "allow", reasons: [] };
  return { decision: "deny", reasons: [{ plugin: "orrery.kernel", decision: "deny", reason: "nobody guards this hook, and its spec then denies" }] };
}
