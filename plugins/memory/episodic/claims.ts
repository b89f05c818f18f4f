import type { Artifact, Citation } from "@orrery/sdk";
import { z } from "zod";

const reference = /\[([^\]\n]+)#([1-9]\d*)\]/g;
/** List marks, quote marks and the like before a sentence. */
const lead = /^[\s>*\-•–—|]*(?:\d+[.)]\s+)?["“”'«»]*/u;
const tail = /["“”'«»\s|]*$/u;

/** Structured claims as engines with built-in skills give them, and what checking came to: what is not supported is no claim. */
const place = z.object({ path: z.string(), n: z.int().positive() });
const claim = z.object({ ...place.shape, text: z.string().min(1) });
const check = z.object({ claim: place, verdict: z.string() });
const structured = z.object({ claims: z.array(z.unknown()), checks: z.array(z.unknown()).default([]) });

const readable = <T>(schema: z.ZodType<T>, values: readonly unknown[]): T[] => values.flatMap((value) => schema.safeParse(value).data ?? []);
const key = ({ path, n }: { path: string; n: number }): string => `${path}#${n}`;

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
      const cited = { path, n: Number(n), text: sentence };
      if (sentence !== "" && !found.has(key(cited))) found.set(key(cited), cited);
    }
  }
  return [...found.values()];
}

/** What an outcome rests on: its structured claims where it has them, else the cited sentences of its text. */
export function claimsOf(output: Pick<Artifact, "text" | "data">): Citation[] {
  const parsed = structured.safeParse(output.data);
  if (!parsed.success) return citedIn(output.text);
  const refused = new Set(readable(check, parsed.data.checks).flatMap(({ claim, verdict }) => (verdict === "supported" ? [] : [key(claim)])));
  const claims = readable(claim, parsed.data.claims).filter((one) => !refused.has(key(one)));
  return claims.length > 0 ? claims : citedIn(output.text);
}
