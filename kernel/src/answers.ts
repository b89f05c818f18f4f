import type { StandardSchemaV1 } from "@standard-schema/spec";
import { KernelError } from "./errors.ts";
import type { Collected, GuardAnswer, GuardOutcome, HookSpec } from "./hook-spec.ts";
import { findNotPlain } from "./plain.ts";

type Checked = { readonly value: unknown } | { readonly problem: string };

/** Validates synchronously: hooks cannot wait for a schema. */
export function checkAgainst(schema: StandardSchemaV1<unknown, unknown> | undefined, value: unknown): Checked {
  if (!schema) return { value };
  const result = schema["~standard"].validate(value);
  if (result instanceof Promise) return { problem: "its schema answers asynchronously, which a hook cannot wait for" };
  return result.issues ? { problem: describeIssues(result.issues) } : { value: result.value };
}

export function describeIssues(issues: readonly StandardSchemaV1.Issue[]): string {
  return issues
    .slice(0, 5)
    .map((issue) => {
      const path = (issue.path ?? []).map((part) => String(typeof part === "object" ? part.key : part)).join(".");
      return path ? `${path}: ${issue.message}` : issue.message;
    })
    .join("; ");
}

/** What a tap's answer counts as in this kind of hook. @throws TAP_NOT_PLAIN, TAP_ANSWER_INVALID. */
export function acceptAnswer(spec: HookSpec, answer: unknown, plugin: string, hook: string): unknown {
  if (answer === undefined || spec.kind === "series" || spec.kind === "parallel" || spec.kind === "notify") return undefined;
  const spot = findNotPlain(answer);
  if (spot !== undefined) throw new KernelError("TAP_NOT_PLAIN", { plugin, hook, detail: spot });
  if (spec.kind === "guard") {
    if (isGuardAnswer(answer)) return answer;
    throw new KernelError("TAP_ANSWER_INVALID", { plugin, hook, detail: "a guard answers { decision: allow | ask | deny, reason }" });
  }
  const checked = checkAgainst(spec.kind === "waterfall" ? (spec.output ?? spec.input) : spec.output, answer);
  if ("problem" in checked) throw new KernelError("TAP_ANSWER_INVALID", { plugin, hook, detail: checked.problem });
  return checked.value;
}

function isGuardAnswer(answer: unknown): answer is GuardAnswer {
  if (typeof answer !== "object" || answer === null) return false;
  const { decision, reason } = answer as { decision?: unknown; reason?: unknown };
  if (decision === "allow") return reason === undefined || typeof reason === "string";
  return (decision === "ask" || decision === "deny") && typeof reason === "string";
}

/** The strongest answer wins: deny, ask, allow. With taps that all had no objection: allow. */
export function weigh(answers: readonly (GuardOutcome["reasons"][number] | undefined)[]): GuardOutcome {
  const reasons = answers.filter((answer) => answer !== undefined);
  const strongest = (["deny", "ask"] as const).find((decision) => reasons.some((each) => each.decision === decision));
  return { decision: strongest ?? "allow", reasons };
}

export function gather(answers: readonly (Collected<unknown> | undefined)[]): readonly Collected<unknown>[] {
  return answers.filter((answer) => answer !== undefined);
}

const nothing: readonly Collected<unknown>[] = Object.freeze([]);

/** What a hook without taps comes to. */
export function emptyResult(spec: HookSpec, input: unknown): unknown {
  if (spec.kind === "waterfall") return input;
  if (spec.kind === "collect") return nothing;
  if (spec.kind !== "guard") return undefined;
  if (spec.empty === "allow") return { decision: "allow", reasons: [] };
  return { decision: "deny", reasons: [{ plugin: "orrery.kernel", decision: "deny", reason: "nobody guards this, and its spec says deny" }] };
}
