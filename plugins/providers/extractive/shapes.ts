import { z } from "zod";

/** A sentence taken from a document, verbatim, and why it was taken. */
export const claim = z.object({
  text: z.string(),
  path: z.string(),
  n: z.int().positive(),
  /** 0–1, how well it answers its aspect. */
  score: z.number(),
  /** The nearest heading above it, or "". */
  heading: z.string(),
  /** Which of the task's aspects it answers (index into `aspects`). */
  aspect: z.int().nonnegative(),
});
export type Claim = z.infer<typeof claim>;

export const place = z.object({ text: z.string(), path: z.string(), n: z.int().positive() });
export type Place = z.infer<typeof place>;

export const contradiction = z.object({ kind: z.enum(["number", "date", "negation", "name"]), values: z.tuple([z.string(), z.string()]), a: place, b: place });
export type Contradiction = z.infer<typeof contradiction>;

/** What one claim came to. `evidence` is the best sentence for it, `against` one that cannot hold beside it. */
export const check = z.object({
  claim: place,
  verdict: z.enum(["supported", "contradicted", "unsupported"]),
  evidence: place.optional(),
  /** Another place that says the same. */
  also: place.optional(),
  against: place.extend({ why: z.string() }).optional(),
});
export type Check = z.infer<typeof check>;

/** The structured output of every skill that finds evidence; what the next agent reads, and what memory keeps. */
export const findings = z.object({
  kind: z.enum(["research", "check", "write", "summarise"]),
  aspects: z.array(z.object({ title: z.string(), query: z.string() })),
  claims: z.array(claim),
  /** Further sentences on the topic: not selected, but searched for contradictions. */
  pool: z.array(place).default([]),
  checks: z.array(check).default([]),
  contradictions: z.array(contradiction).default([]),
  /** Words of the task that are found in no document. */
  missing: z.array(z.string()).default([]),
  /** Ids of the recalled episodes whose claims helped to choose and are part of this output. */
  usedMemory: z.array(z.string()).default([]),
});
export type Findings = z.infer<typeof findings>;
