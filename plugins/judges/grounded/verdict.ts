import type { Documents, Judgement, Verdict } from "@orrery/sdk";
import { says, statements } from "./statements.ts";

const judge = "grounded";
/** Below this share of statements that hold, an output is sent back. */
const enough = 0.6;
/** Skills whose output is about other outputs or about the work, not about the documents. */
const aside = new Set(["plan", "vote", "judge", "critique", "compare"]);
const most = 5;

/** How many of an output's statements the documents bear out. */
export async function verdict({ artifact, collection, subject, schema }: Judgement, documents: Documents): Promise<Verdict> {
  const abstain = (reason: string): Verdict => ({ judge, score: 0, decision: "abstain", reasons: [reason] });
  if (!collection || !(await documents.has(collection))) return abstain("no documents to check against");
  if (aside.has(artifact.skill)) return abstain(`a ${artifact.skill} makes no statement about the documents`);
  if (schema) return abstain("an answer in a form of its own has no sentences to look up");
  const all = statements(artifact.text);
  if (all.length === 0) {
    const reason = "not one sentence of the documents answers the task";
    return subject === "task" ? { judge, score: 0, decision: "reject", reasons: [reason] } : abstain(reason);
  }
  let held = 0;
  const fabricated: string[] = [];
  const altered: string[] = [];
  const uncited: string[] = [];
  for (const { text, places } of all) {
    if (places.length === 0) {
      uncited.push(`no citation: "${clip(text)}"`);
      continue;
    }
    let here = false;
    let exists = false;
    for (const { path, n } of places) {
      const sentence = await documents.sentence(collection, path, n);
      if (!sentence) fabricated.push(`[${path}#${n}] does not exist: "${clip(text)}"`);
      else {
        exists = true;
        if (says(sentence.text, text)) here = true;
      }
    }
    if (here) held += 1;
    else if (exists) altered.push(`[${places.map(({ path, n }) => `${path}#${n}`).join("], [")}] does not say: "${clip(text)}"`);
  }
  const score = Math.round((held / all.length) * 1e4) / 1e4;
  const reject = fabricated.length > 0 || score < enough;
  const complaints = [...fabricated, ...altered, ...uncited];
  const listed = complaints.length > most ? [...complaints.slice(0, most), `and ${complaints.length - most} more`] : complaints;
  return {
    judge,
    score,
    decision: reject ? "reject" : "accept",
    reasons: [`${held} of ${all.length} statements are word for word where they say they are`, ...listed],
  };
}

const clip = (text: string): string => (text.length > 100 ? `${text.slice(0, 97)}…` : text);
