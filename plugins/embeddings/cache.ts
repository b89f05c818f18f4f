/** Vectors by text, at most `limit` of them; the one used longest ago goes first. */
export function vectorCache(limit: number) {
  const kept = new Map<string, Float32Array>();
  return {
    get(text: string): Float32Array | undefined {
      const vector = kept.get(text);
      if (vector) {
        kept.delete(text);
        kept.set(text, vector);
      }
      return vector;
    },
    set(text: string, vector: Float32Array): void {
      kept.set(text, vector);
      if (kept.size > limit)
        for (const oldest of kept.keys()) {
          kept.delete(oldest);
          break;
        }
    },
  };
}
