import type { Sentence } from "@orrery/sdk";
import { disagreement, type Facts, facts } from "./contradict.ts";
import type { Corpus } from "./corpus.ts";
import type { Check, Claim, Contradiction, Findings, Place } from "./shapes.ts";
import { jaccard, shared, stems } from "./words.ts";

/** Sentences compared with each claim. */
const compared = 25;
/** How much of a claim's weight another sentence must hold to speak for it. */
const speaksFor = { itself: 0.62, also: 0.6 };
const mostContradictions = 8;

/** Verdicts on claims: is each one really there, who else says it, and what cannot hold beside it. */
export function checkClaims(claims: readonly Place[], pool: readonly Place[], corpus: Corpus): { checks: Check[]; contradictions: Contradiction[] } {
  const known = new Map<string, Facts>();
  const factsOf = (place: Place): Facts => {
    const key = `${place.path}#${place.n}\n${place.text}`;
    let found = known.get(key);
    if (!found) {
      found = facts(place.text, corpus.at(place.path, place.n)?.headings.at(-1) ?? "");
      known.set(key, found);
    }
    return found;
  };
  const contradictions = new Map<string, Contradiction>();
  const oppose = (mine: Place, limit: number): Contradiction | undefined => {
    const own = factsOf(mine);
    if (own.tentative) return undefined;
    let first: Contradiction | undefined;
    for (const { sentence } of corpus.nearest(stems(mine.text), limit)) {
      if ((sentence.path === mine.path && sentence.n === mine.n && sentence.text === mine.text) || sentence.kind === "code") continue;
      const other = place(sentence);
      const differ = disagreement(own, factsOf(other), corpus.weight);
      // Within one file two sentences of different sections rarely speak of one thing: ask for more, and take a "not" for another case.
      if (!differ || (sentence.path === mine.path && (differ.kind === "negation" || shared(own.stems, factsOf(other).stems, corpus.weight) < 0.6))) continue;
      const [a, b, values] = before(mine, other) ? [mine, other, differ.values] : [other, mine, [differ.values[1], differ.values[0]] as const];
      const found: Contradiction = { kind: differ.kind, values: [values[0], values[1]], a: place(a), b: place(b) };
      const key = `${a.path}#${a.n}|${b.path}#${b.n}`;
      if (!contradictions.has(key)) contradictions.set(key, found);
      first ??= found;
    }
    return first;
  };
  const checks = claims.map((claim): Check => {
    const found = oppose(claim, compared);
    return verdictOn(claim, found, corpus);
  });
  for (const other of pool) oppose(other, compared);
  return { checks, contradictions: distinct([...contradictions.values()]).slice(0, mostContradictions) };
}

/** One disagreement is told once: later pairs with the same two values are left out. */
function distinct(all: Contradiction[]): Contradiction[] {
  const seen = new Set<string>();
  return all.filter(({ kind, values }) => {
    const key = `${kind} ${[...values]
      .map((value) => value.toLowerCase())
      .sort()
      .join(" | ")}`;
    return kind === "negation" || (!seen.has(key) && seen.add(key));
  });
}

function verdictOn(claim: Place, against: Contradiction | undefined, corpus: Corpus): Check {
  const said = place(claim);
  const source = corpus.at(claim.path, claim.n);
  const asked = stems(claim.text);
  const others = corpus
    .nearest(asked, compared)
    .filter(({ sentence }) => sentence.kind !== "code" && !(sentence.path === claim.path && sentence.n === claim.n));
  const verbatim = source?.text === claim.text;
  const best = others[0];
  const evidence = verbatim ? place(source) : best && best.share >= speaksFor.itself ? place(best.sentence) : undefined;
  const echo = others.find(({ sentence, share }) => share >= speaksFor.also && jaccard(asked, stems(sentence.text), corpus.weight) >= 0.4);
  const opponent = against && (against.a.text === claim.text && against.a.path === claim.path ? against.b : against.a);
  return {
    claim: said,
    verdict: opponent ? "contradicted" : evidence ? "supported" : "unsupported",
    ...(evidence ? { evidence } : {}),
    ...(echo && verbatim ? { also: place(echo.sentence) } : {}),
    ...(opponent && against ? { against: { ...opponent, why: `${against.kind}: ${against.values.join(" / ")}` } } : {}),
  };
}

const place = ({ text, path, n }: Place | Sentence): Place => ({ text, path, n });
const before = (a: Place, b: Place): boolean => a.path < b.path || (a.path === b.path && a.n < b.n);

/** Findings with verdicts: what is unsupported leaves the claims, what was put in other words gives way to the sentence that supports it, what is contradicted stays with both quotes. */
export function checked(found: Findings, corpus: Corpus): Findings {
  const { checks, contradictions } = checkClaims(found.claims, found.pool, corpus);
  const claims = found.claims.flatMap((claim, i): Claim[] => {
    // A claim that its source contradicts gives way to what the source says.
    const against = checks[i]?.against;
    const evidence = checks[i]?.evidence ?? (against && { path: against.path, n: against.n, text: against.text });
    return evidence ? [{ ...claim, ...evidence }] : [];
  });
  return { ...found, kind: "check", claims, checks, contradictions };
}

/** Only what the documents say, word for word, whoever handed it over: a colleague may be another plugin, or wrong. */
export function verbatimOnly(found: Findings, corpus: Corpus): Findings {
  const there = ({ path, n, text }: Place) => corpus.at(path, n)?.text === text;
  const seen = new Set<string>();
  return {
    ...found,
    claims: found.claims.filter((claim) => there(claim) && !seen.has(`${claim.path}#${claim.n}`) && seen.add(`${claim.path}#${claim.n}`)),
    contradictions: found.contradictions.filter(({ a, b }) => there(a) && there(b)),
  };
}
