import type { Artifact } from "@orrery/sdk";
import type { Corpus } from "./corpus.ts";
import { aspects } from "./question.ts";
import { type Claim, type Contradiction, type Findings, findings, type Place } from "./shapes.ts";

/** What colleagues found, as one: their aspects side by side, each claim once, and where someone checked, only what was checked counts as checked. */
export function mergeFindings(inputs: readonly Artifact[], corpus: Corpus, task: string): Findings | undefined {
  const parts = inputs.flatMap((input) => readFindings(input, corpus, task));
  if (parts.length === 0) return undefined;
  const titles: Findings["aspects"] = [];
  const claims = new Map<string, Claim>();
  const rejected = new Set(parts.flatMap((part) => part.checks.filter((check) => check.verdict === "unsupported").map((check) => key(check.claim))));
  for (const part of parts) {
    const at = part.aspects.map((aspect) => {
      const known = titles.findIndex(({ title }) => title === aspect.title);
      return known >= 0 ? known : titles.push(aspect) - 1;
    });
    for (const claim of part.claims) {
      const moved = { ...claim, aspect: at[claim.aspect] ?? 0 };
      const have = claims.get(key(claim));
      if (!rejected.has(key(claim)) && (!have || have.score < claim.score)) claims.set(key(claim), moved);
    }
  }
  const unique = <T>(all: readonly T[], name: (item: T) => string): T[] => [...new Map(all.map((item) => [name(item), item])).values()];
  return {
    kind: parts.some((part) => part.kind !== "research") ? "check" : "research",
    aspects: titles,
    claims: [...claims.values()].sort((a, b) => a.aspect - b.aspect),
    pool: unique(
      parts.flatMap((part) => part.pool),
      key,
    ).filter((place) => !claims.has(key(place))),
    checks: unique(
      parts.flatMap((part) => part.checks),
      (check) => key(check.claim),
    ),
    contradictions: unique(
      parts.flatMap((part) => part.contradictions),
      ({ a, b }: Contradiction) => `${key(a)}|${key(b)}`,
    ),
    missing: unique(
      parts.flatMap((part) => part.missing),
      (word) => word,
    ),
    usedMemory: unique(
      parts.flatMap((part) => part.usedMemory),
      (id) => id,
    ),
  };
}

/** A colleague's structured output, or, from one that only writes text, the lines of it that carry a citation. */
function readFindings(input: Artifact, corpus: Corpus, task: string): Findings[] {
  const parsed = findings.safeParse(input.data);
  if (parsed.success) return [parsed.data];
  const asked = aspects(task);
  const claims = citedLines(input.text).map(
    (place): Claim => ({ ...place, score: 0.5, heading: corpus.at(place.path, place.n)?.headings.at(-1) ?? "", aspect: 0 }),
  );
  return claims.length > 0
    ? [{ kind: "research", aspects: asked.slice(0, 1), claims, pool: [], checks: [], contradictions: [], missing: [], usedMemory: [] }]
    : [];
}

/** `Sentence. [path#n]` → the sentence and its place, for every such line. List marks, quote marks and emphasis around it are not part of it. */
export function citedLines(text: string): Place[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*(?:[-*>]\s+|\d+[.)]\s+)*(.+?)\s*\[([^[\]]+)#(\d+)\]\s*[.;]?\s*$/.exec(line);
    const n = Number(match?.[3]);
    return match?.[1] && match[2] && n > 0 && Number.isSafeInteger(n) ? [{ text: match[1], path: match[2], n }] : [];
  });
}

const key = (place: { path: string; n: number }): string => `${place.path}#${place.n}`;
