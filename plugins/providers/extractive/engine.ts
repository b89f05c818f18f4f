import { type Documents, type Json, type ModelRequest, OrreryError } from "@orrery/sdk";
import { checked, verbatimOnly } from "./check.ts";
import type { Corpus } from "./corpus.ts";
import { mergeFindings } from "./merge.ts";
import { aspects, needsInvention } from "./question.ts";
import { research } from "./research.ts";
import { type Answer, refusal } from "./answer.ts";
import type { Claim, Findings } from "./shapes.ts";
import { cited, report } from "./write.ts";

export const skills = ["research", "check", "write", "critique", "summarise", "compare", "vote", "plan", "judge"] as const;

/** Deterministic answers from documents and colleagues' outputs; never a sentence of its own. */
export async function answer(
  request: ModelRequest,
  documents: Documents,
  corpusOf: (collection: string) => Promise<Corpus>,
  signal: AbortSignal,
): Promise<Answer> {
  const { view, skill, collection } = request;
  if (needsInvention(view.task))
    return refusal("This asks for text to be invented, and the extractive engine only selects and arranges sentences of documents.");
  if (!(skills as readonly string[]).includes(skill)) return refusal(`The extractive engine has no skill "${skill}"; it has ${skills.join(", ")}.`);
  if (skill === "plan") return planned(view.focus ?? view.task);
  if (!collection) {
    if (view.inputs.length === 0 || ["research", "check", "write", "summarise"].includes(skill))
      return refusal(
        "No documents were handed in, and the extractive engine knows nothing but what it is given.",
        "Hand documents in (`--docs PATH`, or drop them into the page). ",
      );
    return overOutputs(request, undefined);
  }
  if (!(await documents.has(collection)))
    throw new OrreryError("COLLECTION_UNKNOWN", `the documents of this run (${collection}) are not loaded here`, { todo: "Hand the documents in again." });
  const corpus = await corpusOf(collection);
  signal.throwIfAborted();
  if (skill === "research" || skill === "check" || skill === "write") return evidence(request, documents, collection, corpus, signal);
  if (skill === "summarise") return written((await import("./summarise.ts")).summarise(view.focus ?? view.task, corpus), view.task);
  return overOutputs(request, corpus);
}

/** Loaded when a team first has one who judges, votes or compares. */
const overOutputs = async (request: ModelRequest, corpus: Corpus | undefined): Promise<Answer> =>
  (await import("./over-outputs.ts")).overOutputs(request, corpus);

async function evidence(request: ModelRequest, documents: Documents, collection: string, corpus: Corpus, signal: AbortSignal): Promise<Answer> {
  const { view, skill } = request;
  const find = () =>
    research({ documents, collection, corpus, question: view.focus ?? view.task, earlier: view.thread.at(-1)?.task ?? "", recalled: view.recalled, signal });
  if (skill === "research") {
    const found = await find();
    return { text: found.claims.map(cited).join("\n"), data: found as unknown as Json, read: readBy(found), finish: "stop" };
  }
  const gathered = mergeFindings(view.inputs, corpus, view.task) ?? (await find());
  const known = gathered.kind === "research" ? checked(gathered, corpus) : gathered;
  return skill === "check"
    ? { text: checkText(known), data: known as unknown as Json, read: readBy(known), finish: "stop" }
    : written(within(verbatimOnly(known, corpus), [view.task, ...view.feedback]), view.task);
}

/** Keeps the best claims that fit into the number of words that the task or a judge allows. Nothing else shortens a report. */
function within(found: Findings, said: readonly string[]): Findings {
  const most = Math.min(
    ...said.flatMap((text) =>
      [...text.matchAll(/\b(?:at most|no more than|under|within|maximum of|max\.?) (\d{2,5}) words\b/gi)].map((match) => Number(match[1])),
    ),
  );
  const fits = { ...found, kind: "write" as const };
  if (!Number.isFinite(most)) return fits;
  const words = (claims: readonly Claim[]) =>
    report("", { ...fits, claims: [...claims] })
      .replace(/\[[^[\]\n]+#\d+\]/g, " ")
      .match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu)?.length ?? 0;
  const kept = [...found.claims].sort((a, b) => b.score - a.score);
  while (kept.length > 1 && words(kept) + 30 > most) kept.pop();
  return { ...fits, claims: found.claims.filter((claim) => kept.includes(claim)) };
}

function written(found: Findings, task: string): Answer {
  return { text: report(task, found), data: { ...found, pool: [] } as unknown as Json, read: readBy(found), finish: "stop" };
}

const readBy = (found: Findings): string => [...found.claims, ...found.pool].map((place) => place.text).join("\n");

/** The checker's human form: the contradicted first, with both quotes. */
function checkText(found: Findings): string {
  const count = (verdict: string) => found.checks.filter((check) => check.verdict === verdict).length;
  const lines = [`## Checked: ${count("supported")} supported, ${count("contradicted")} contradicted, ${count("unsupported")} unsupported`];
  for (const { kind, values, a, b } of found.contradictions) lines.push(`### Contradiction (${kind}): ${values.join(" / ")}`, cited(a), cited(b));
  const supported = found.checks.filter((check) => check.verdict === "supported").map((check) => cited(check.claim));
  if (supported.length > 0) lines.push("### Supported", ...supported);
  for (const { claim } of found.checks.filter((check) => check.verdict === "unsupported")) lines.push(`### Unsupported: ${claim.text.slice(0, 160)}`);
  return lines.join("\n");
}

/** Splits a request into the skills above: someone to research each aspect, one to check, one to write. */
function planned(task: string): Answer {
  const steps = [...aspects(task).map(({ query }) => ({ skill: "research", focus: query })), { skill: "check", focus: task }, { skill: "write", focus: task }];
  return { text: steps.map((step, i) => `${i + 1}. ${step.skill}: ${step.focus}`).join("\n"), data: { steps }, read: task, finish: "stop" };
}
