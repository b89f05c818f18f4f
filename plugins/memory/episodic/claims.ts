import type { Artifact, Citation } from "@orrery/sdk";
import { z } from "zod";

const reference = /\[([^\]\n]+)#([1-9]\d*)\]/g;
/** List marks, quote marks and the like before a sentence. */
const lead = /^[\s>*\-•–—|]*(?:\d+[.)]\s+)?["“”'«»]*/u;
const tail = /["“”'«»\s|]*$/u;

/** Structured claims as engines with built-in skills give them. A claim with a verdict counts when that is "supported". */
const structured = z.object({ claims: z.array(z.unknown()) });
const claim = z.object({ path: z.string(), n: z.int().positive(), text: z.string().min(1), verdict: z.string().optional() });

/** The cited sentences of a report, `sentence [path#n]`, each once, in order. Two citations in a row cite the same sentence. */
export function citedIn(text: string): Citation[] {
  const found = new Map<string, Citation>();
  for (const line of text.split("\n")) {
    let from = 0;
    let sentence = "";
    for (const match of line.matchAll(reference)) {
      const before = line.slice(from, match.index).replace(lead, "").replace(tail, "");
      from = match.index + match[0].length;
      if (/\p{L}/u.test(before)) sentence = before;
      const [, path = "", n = ""] = match;
      const key = `${path}#${n}`;
      if (sentence !== "" && !found.has(key)) found.set(key, { path, n: Number(n), text: sentence });
    }
  }
  return [...found.values()];
}

/** What an outcome rests on: its structured claims where it has them, else the cited sentences of its text. */
export function claimsOf(output: Pick<Artifact, "text" | "data">): Citation[] {
  const parsed = structured.safeParse(output.data);
  const claims = parsed.success ? parsed.data.claims.flatMap((one) => claim.safeParse(one).data ?? []) : [];
  const supported = claims.filter(({ verdict }) => verdict === undefined || verdict === "supported");
  return supported.length > 0 ? supported.map(({ path, n, text }) => ({ path, n, text })) : citedIn(output.text);
}
