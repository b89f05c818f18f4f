import type { Judgement, Verdict } from "@orrery/sdk";
import { malformedCitations, rules } from "./rules.ts";

const judge = "format";

/** What of an output's form can be measured. */
export function verdict({ artifact, criteria, subject, schema }: Judgement): Verdict {
  const { text, data, skill } = artifact;
  const refusal = refused(data);
  if (refusal) return { judge, score: 0, decision: "reject", reasons: [refusal] };
  if (text.trim() === "") {
    // A researcher who finds nothing has said something; a final output that is empty has not.
    return subject === "step" && skill === "research"
      ? { judge, score: 0, decision: "abstain", reasons: ["nothing was found"] }
      : { judge, score: 0, decision: "reject", reasons: ["the output is empty"] };
  }
  const checks: [boolean, string][] = [];
  const broken = malformedCitations(text);
  checks.push([broken.length === 0, `not citations: ${broken.slice(0, 3).join(", ")} (write [path#n])`]);
  if (skill === "write" && !schema)
    checks.push([/^#{1,6}\s+\S/m.test(text) || text.split("\n").filter(Boolean).length <= 5, "a text of this length needs headings"]);
  if (subject === "task")
    for (const { rule, value } of criteria) {
      const test = rule === undefined ? undefined : rules[rule];
      if (!test) continue;
      const problem = test(text, value);
      checks.push([problem === undefined, problem ?? ""]);
    }
  const failed = checks.filter(([kept]) => !kept).map(([, problem]) => problem);
  const score = Math.round(((checks.length - failed.length) / checks.length) * 1e4) / 1e4;
  return {
    judge,
    score,
    decision: failed.length > 0 ? "reject" : "accept",
    reasons: failed.length > 0 ? failed : [`${checks.length} of ${checks.length} checks kept`],
  };
}

/** What an engine that declined says in its structured output. */
function refused(data: unknown): string | undefined {
  if (typeof data !== "object" || data === null || !("code" in data) || data.code !== "NEEDS_GENERATIVE_MODEL") return undefined;
  const text = (key: "message" | "do") => (key in data ? String((data as Record<string, unknown>)[key]) : "");
  return `NEEDS_GENERATIVE_MODEL: ${text("message")} ${text("do")}`.trim();
}
