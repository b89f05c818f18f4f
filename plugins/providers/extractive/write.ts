import type { Claim, Contradiction, Findings, Place } from "./shapes.ts";

/** A sentence and where it stands: `Verbatim text. [path#n]`, on one line. */
export const cited = ({ text, path, n }: Place): string => `${text} [${path}#${n}]`;

/**
 * A Markdown report. Every line that is not a heading is one sentence of a document, verbatim, with its citation:
 * what the report itself has to say (what differs, what was not found) stands in headings, so that nothing uncited can be taken for evidence.
 */
export function report(title: string, found: Findings): string {
  const out: string[] = [`# ${oneHeading(title)}`];
  const disputed = new Set(found.contradictions.flatMap(({ a, b }) => [key(a), key(b)]));
  found.aspects.forEach((aspect, i) => {
    const all = found.claims.filter((claim) => claim.aspect === i);
    const claims = all.filter((claim) => !disputed.has(key(claim)));
    if (all.length === 0) return;
    if (found.aspects.length > 1 || aspect.title !== oneHeading(title)) out.push(`## ${oneHeading(aspect.title)}`);
    if (claims.length === 0)
      out.push(
        "### The documents disagree (see Contradictions)",
        all
          .sort((a, b) => b.score - a.score)
          .map(cited)
          .join("\n"),
      );
    for (const group of grouped(claims)) {
      const heading = oneHeading(group[0]?.heading ?? "");
      if (heading && heading !== title) out.push(`### ${heading.length > 90 ? `${heading.slice(0, 87)}…` : heading}`);
      out.push(group.map(cited).join("\n"));
    }
  });
  if (found.contradictions.length > 0) {
    out.push("## Contradictions");
    for (const contradiction of found.contradictions) out.push(`### ${differs(contradiction)}`, `${cited(contradiction.a)}\n${cited(contradiction.b)}`);
  }
  const gaps = missing(found);
  if (gaps.length > 0) out.push("## Not answered by these documents", ...gaps.map((gap) => `### ${gap}`));
  return `${out.join("\n\n")}\n`;
}

/** Claims of one file and section stay together in their own order; groups stand by their best score. */
function grouped(claims: readonly Claim[]): Claim[][] {
  const groups = new Map<string, Claim[]>();
  for (const claim of claims) {
    const list = groups.get(`${claim.path}\n${claim.heading}`);
    if (list) list.push(claim);
    else groups.set(`${claim.path}\n${claim.heading}`, [claim]);
  }
  const best = (group: readonly Claim[]) => Math.max(...group.map((claim) => claim.score));
  return [...groups.values()].map((group) => group.sort((a, b) => a.n - b.n)).sort((a, b) => best(b) - best(a));
}

function differs({ kind, values, a, b }: Contradiction): string {
  const files = a.path === b.path ? `${a.path} disagrees with itself` : `${a.path} and ${b.path} disagree`;
  return kind === "negation" && values.some((value) => value === "so")
    ? `${files}: one affirms what the other denies`
    : `${files}: ${values[0]} or ${values[1]}`;
}

function missing(found: Findings): string[] {
  const out: string[] = [];
  found.aspects.forEach((aspect, i) => {
    if (!found.claims.some((claim) => claim.aspect === i)) out.push(`No sentence found on: ${oneHeading(aspect.title)}`);
  });
  if (found.missing.length > 0) out.push(`Words of the task that no document uses: ${found.missing.join(", ")}`);
  for (const { claim, verdict, evidence } of found.checks)
    if (!evidence)
      out.push(`${verdict === "contradicted" ? "Contradicted by the documents" : "Unsupported"}, left out: ${oneHeading(claim.text).slice(0, 120)}`);
  return out;
}

const key = (place: { path: string; n: number }): string => `${place.path}#${place.n}`;
const oneHeading = (text: string): string =>
  text
    .replace(/\s+/g, " ")
    .replace(/^#+\s*/, "")
    .trim()
    .slice(0, 200);
