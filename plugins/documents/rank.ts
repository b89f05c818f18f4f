/** Weights of a convex mix; a mix keeps what rank fusion throws away: by how much the best is best. */
const share = { words: 0.5, meaning: 0.5 };

export interface Candidate {
  readonly at: number;
  readonly words: number;
  readonly vector?: Float32Array;
}

export const dot = (a: Float32Array, b: Float32Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
};

/** 0–1 scores: BM25 relative to the best, mixed with the cosine to the question where there are vectors. Rounded, so that a last bit never decides an order. */
export function mixed(candidates: readonly Candidate[], question: Float32Array | undefined): { at: number; score: number; vector: Float32Array | undefined }[] {
  const best = Math.max(1e-9, ...candidates.map((candidate) => candidate.words));
  return candidates
    .map(({ at, words, vector }) => {
      const lexical = words / best;
      const score = question && vector ? share.words * lexical + share.meaning * Math.max(0, dot(question, vector)) : lexical;
      return { at, score: Math.round(score * 1e6) / 1e6, vector };
    })
    .sort((a, b) => b.score - a.score || a.at - b.at);
}

/**
 * Maximal marginal relevance (Carbonell & Goldstein 1998): each pick is the best after what it repeats is taken off.
 * `similarity` is 0–1 between two candidates; `diversity` 0 keeps the order.
 */
export function diverse<T extends { readonly score: number }>(ranked: readonly T[], limit: number, diversity: number, similarity: (a: T, b: T) => number): T[] {
  if (diversity <= 0) return ranked.slice(0, limit);
  const left = [...ranked];
  const repeats = new Map<T, number>();
  const out: T[] = [];
  while (out.length < limit && left.length > 0) {
    let pick = 0;
    let best = Number.NEGATIVE_INFINITY;
    left.forEach((item, i) => {
      const value = Math.round(((1 - diversity) * item.score - diversity * (repeats.get(item) ?? 0)) * 1e6);
      if (value > best) {
        best = value;
        pick = i;
      }
    });
    const [chosen] = left.splice(pick, 1);
    if (!chosen) break;
    out.push(chosen);
    for (const item of left) repeats.set(item, Math.max(repeats.get(item) ?? 0, similarity(item, chosen)));
  }
  return out;
}

/** Share of the shorter list's terms that the longer one has. */
export function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  if (small.size === 0) return 0;
  let both = 0;
  for (const term of small) if (large.has(term)) both += 1;
  return both / small.size;
}
